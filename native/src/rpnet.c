// The N-API face of the addon, a file for each part. Functions make the system calls, and return a count, a descriptor or
// −errno. State lives in the objects handed out (released by their finalizers, also when a worker is terminated); there
// is no global.
#include "arguments.h"

static napi_value init(napi_env env, napi_value exports) {
  define_sockets(env, exports);
  define_bpf(env, exports);
  define_servers(env, exports);
  define_engine(env, exports);
  return exports;
}

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)
