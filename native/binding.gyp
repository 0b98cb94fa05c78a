{
  'targets': [{
    'target_name': 'rpnet',
    'sources': ['src/rpnet.c', 'src/datagram.c', 'src/member.c', 'src/engine.c', 'src/bpf.c'],
    'defines': ['NAPI_VERSION=9', '_GNU_SOURCE'],
    'cflags': ['-std=c11', '-O2', '-Wall', '-Wextra', '-Wno-unused-parameter', '-fvisibility=hidden'],
  }]
}
