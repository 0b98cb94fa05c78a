{
  'targets': [{
    'target_name': 'rpnet',
    'sources': [
      'src/rpnet.c', 'src/napi_sockets.c', 'src/napi_bpf.c', 'src/napi_servers.c', 'src/napi_engine.c',
      'src/datagram.c', 'src/udp_diag.c', 'src/member.c', 'src/front.c', 'src/bpf.c',
      'src/engine.c', 'src/engine_epoll.c', 'src/engine_uring.c', 'src/uring.c',
    ],
    'defines': ['NAPI_VERSION=9', '_GNU_SOURCE'],
    'cflags': ['-std=c11', '-O2', '-Wall', '-Wextra', '-Wno-unused-parameter', '-fvisibility=hidden'],
  }, {
    'target_name': 'launch',
    'type': 'executable',
    'sources': ['src/launch.c'],
    'defines': ['_GNU_SOURCE'],
    'cflags': ['-std=c11', '-O2', '-Wall', '-Wextra'],
  }]
}
