// The N-API face of the addon, a file for each part. Functions make the system calls, and return a count, a descriptor or
// −errno. State lives in the objects handed out (released by their finalizers, also when a worker is terminated); there
// is no global. `sources` says what it was made of (sources.cjs).
#include "arguments.h"

NAPI_MODULE_INIT() {
  napi_value sources;
  napi_create_string_utf8(env, RPNET_SOURCES, NAPI_AUTO_LENGTH, &sources);
  napi_set_named_property(env, exports, "sources", sources);
  define_sockets(env, exports);
  define_bpf(env, exports);
  define_servers(env, exports);
  define_engine(env, exports);
  define_timing(env, exports);
  return exports;
}
