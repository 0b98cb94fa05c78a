// napi-host ADDON: loads an addon without Node.js, and has a datagram of each of 8 flows go to a member and back, through
// each engine. It is of the C library, and runs with its loader, for which there is no Node.js here. It has of Node's
// interface what the addon asks for: values are tagged, and nothing is ever released.
#include <dlfcn.h>
#include <netinet/in.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "member.h"

struct napi_value__ {
  double number;
  const char *text;
  void *data;
  size_t bytes;
};
struct napi_callback_info__ {
  size_t count;
  napi_value *arguments;
};

static napi_property_descriptor functions[128];
static size_t defined;
static const char *sources;

static napi_value value(struct napi_value__ content) {
  napi_value made = malloc(sizeof *made);
  *made = content;
  return made;
}
static napi_value number(double n) { return value((struct napi_value__){.number = n}); }
static napi_value text(const char *t) { return value((struct napi_value__){.text = t}); }
static napi_value bytes(void *data, size_t length) {
  return value((struct napi_value__){.data = data, .bytes = length});
}

#define GIVE(to, what) return (*(to) = (what)), napi_ok

napi_status napi_create_double(napi_env env, double n, napi_value *to) { GIVE(to, number(n)); }
napi_status napi_create_string_utf8(napi_env env, const char *t, size_t length, napi_value *to) { GIVE(to, text(t)); }
napi_status napi_create_external(napi_env env, void *data, napi_finalize end, void *hint, napi_value *to) {
  GIVE(to, bytes(data, 0));
}
napi_status napi_create_external_arraybuffer(napi_env env, void *data, size_t length, napi_finalize end, void *hint,
                                             napi_value *to) {
  GIVE(to, bytes(data, length));
}
napi_status napi_create_reference(napi_env env, napi_value of, uint32_t count, napi_ref *to) { GIVE(to, NULL); }
napi_status napi_delete_reference(napi_env env, napi_ref ref) { return napi_ok; }
napi_status napi_define_properties(napi_env env, napi_value object, size_t count, const napi_property_descriptor *all) {
  memcpy(functions + defined, all, count * sizeof *all);
  defined += count;
  return napi_ok;
}
napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value to) {
  GIVE(&sources, to->text);
}
napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count, napi_value *to, napi_value *self,
                             void **data) {
  for (size_t i = 0; i < *count; i++) to[i] = i < info->count ? info->arguments[i] : number(0);
  return napi_ok;
}
napi_status napi_get_value_double(napi_env env, napi_value v, double *to) { GIVE(to, v->number); }
napi_status napi_get_value_bool(napi_env env, napi_value v, bool *to) { GIVE(to, v->number != 0); }
napi_status napi_get_value_int32(napi_env env, napi_value v, int32_t *to) { GIVE(to, (int32_t)v->number); }
napi_status napi_get_value_bigint_uint64(napi_env env, napi_value v, uint64_t *to, bool *lossless) {
  GIVE(to, (uint64_t)v->number);
}
napi_status napi_get_value_external(napi_env env, napi_value v, void **to) { GIVE(to, v->data); }
napi_status napi_get_value_string_utf8(napi_env env, napi_value v, char *to, size_t room, size_t *length) {
  snprintf(to, room, "%s", v->text);
  return napi_ok;
}
napi_status napi_is_arraybuffer(napi_env env, napi_value v, bool *to) { GIVE(to, v->bytes > 0); }
napi_status napi_get_arraybuffer_info(napi_env env, napi_value v, void **data, size_t *length) {
  *length = v->bytes;
  GIVE(data, v->data);
}
napi_status napi_is_typedarray(napi_env env, napi_value v, bool *to) { GIVE(to, false); }
napi_status napi_get_typedarray_info(napi_env env, napi_value v, napi_typedarray_type *type, size_t *length,
                                     void **data, napi_value *buffer, size_t *offset) {
  return napi_invalid_arg;
}

static napi_value call(const char *name, size_t count, napi_value *arguments) {
  struct napi_callback_info__ info = {count, arguments};
  for (size_t i = 0; i < defined; i++)
    if (strcmp(functions[i].utf8name, name) == 0) return functions[i].method(NULL, &info);
  printf("There is no function %s.\n", name);
  exit(1);
}
#define CALL(name, ...) \
  call(name, sizeof((napi_value[]){__VA_ARGS__}) / sizeof(napi_value), (napi_value[]){__VA_ARGS__})

static void expect(bool holds, const char *what, double seen) {
  if (holds) return;
  printf("%s: %g\n", what, seen);
  exit(1);
}

// A call that gives a number, which says −errno where it failed.
#define NUMBER(name, ...) succeeded(name, CALL(name, __VA_ARGS__)->number)
static double succeeded(const char *name, double result) {
  expect(result >= 0, name, result);
  return result;
}

enum { FLOWS = 8, PAYLOAD = 64, MEMBER = 3 };

static int round_trips(int kind) {
  napi_value host = text("127.0.0.1"), payload = number(PAYLOAD), run = number(77), epoch = number(0);
  napi_value fd = number(NUMBER("socket", number(AF_INET), number(SOCK_DGRAM)));
  NUMBER("setOption", fd, number(SOL_SOCKET), number(SO_REUSEPORT), number(1));
  NUMBER("bind", fd, host, number(0));
  napi_value port = number(NUMBER("localPort", fd));
  napi_value shared = number(NUMBER("memoryFile", number(MEMBER_BLOCK_BYTES)));
  napi_value memory = CALL("mapMemory", shared, number(MEMBER_BLOCK_BYTES)), zero = number(0);
  member_counters_t *told = memory->data;
  told->run_id = (uint64_t)run->number;
  told->run_payload = (uint64_t)payload->number;
  told->run = 1;
  napi_value member = CALL("memberOpen", fd, number(MEMBER), zero, epoch, payload, memory, zero, zero, zero, zero, zero,
                           number(-1));
  expect(member->data, "memberOpen", member->number);

  exchange_t *exchange = calloc(1, sizeof *exchange);
  napi_value engine = CALL("engineOpen", number(kind), number(FLOWS), payload, run, epoch, host, port,
                           bytes(exchange, sizeof *exchange), zero, payload);
  expect(engine->data, "engineOpen", engine->number);
  for (int i = 0; i < FLOWS; i++) {
    NUMBER("engineOpenFlow", engine, number(i), host, zero);
    exchange->send_flow[i] = i;
    exchange->send_sequence[i] = 100 + i;
  }
  CALL("engineSend", engine, number(FLOWS), number(1));
  int replies = 0;
  for (int turn = 0; turn < 100 && replies < FLOWS; turn++) {
    NUMBER("memberStep", member, number(1e7));
    int got = (int)NUMBER("engineReceive", engine, number(1e7), number(-1), number(1));
    for (int i = 0; i < got; i++) {
      expect(exchange->member[i] == MEMBER, "the member of a reply", exchange->member[i]);
      expect(exchange->sequence[i] == 100 + exchange->flow[i], "the sequence of a reply", exchange->sequence[i]);
    }
    replies += got;
  }
  member_counters_t *counters = memory->data;
  expect(counters->taken[1] == FLOWS && counters->echoed[1] == FLOWS, "datagrams taken", (double)counters->taken[1]);
  return replies;
}

int main(int argc, char **argv) {
  void *addon = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW);
  if (!addon) return puts(dlerror()), 1;
  napi_value (*init)(napi_env, napi_value) = (napi_value(*)(napi_env, napi_value))dlsym(addon, "napi_register_module_v1");
  if (!init) return puts(dlerror()), 1;
  init(NULL, number(0));
  printf("sources %s\n", sources);
  printf("epoll %d\n", round_trips(0));
  double probed = CALL("uringProbe", number(0))->number;
  if (probed < 0)
    printf("io_uring %g\n", probed);
  else
    printf("io_uring %d\n", round_trips(1));
  return 0;
}
