// BPF programs and maps.
#include "arguments.h"
#include "bpf.h"

// bpfCreateMap(type, keyBytes, valueBytes, entries): descriptor | −errno
static napi_value map_create(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return number(env, bpf_create_map((uint32_t)get_int(&a, 0), (uint32_t)get_int(&a, 1), (uint32_t)get_int(&a, 2),
                                    (uint32_t)get_int(&a, 3)));
}

// (map, keys, values, count, …): false unless both arrays hold `count` entries of the same size.
static bool get_entries(const arguments_t *a, bpf_entries_t *e) {
  size_t key_bytes, value_bytes;
  e->map = get_int(a, 0);
  e->keys = get_bytes(a, 1, &key_bytes);
  e->values = get_bytes(a, 2, &value_bytes);
  e->count = (size_t)get_int(a, 3);
  if (!e->keys || !e->values || !e->count || key_bytes % e->count || value_bytes % e->count) return false;
  e->key_bytes = key_bytes / e->count;
  e->value_bytes = value_bytes / e->count;
  return true;
}

static napi_value map_update(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  bpf_entries_t entries;
  return number(env, get_entries(&a, &entries) ? bpf_update(&entries) : -EINVAL);
}

// bpfLookup(map, keys, values, count, found): number of entries that are there | −errno
static napi_value map_lookup(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  bpf_entries_t entries;
  size_t flags;
  uint8_t *found = get_bytes(&a, 4, &flags);
  bool good = get_entries(&a, &entries) && found && flags >= entries.count;
  return number(env, good ? bpf_lookup(&entries, found) : -EINVAL);
}

static napi_value map_delete(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  const void *key = get_bytes(&a, 1, &bytes);
  return number(env, key ? bpf_delete(get_int(&a, 0), key) : -EINVAL);
}

// bpfReadAll(map, keys, values, room): number of entries that were read | −errno
static napi_value map_read_all(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  bpf_entries_t room;
  return number(env, get_entries(&a, &room) ? bpf_read_all(&room) : -EINVAL);
}

// bpfLoad(type, instructions, log, license, name, attachType, btfId): descriptor | −errno
static napi_value program_load(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes, log_bytes;
  char license[32] = "", name[16] = "";
  const void *instructions = get_bytes(&a, 1, &bytes);
  char *log = get_bytes(&a, 2, &log_bytes);
  if (!instructions || !log || !log_bytes) return number(env, -EINVAL);
  napi_get_value_string_utf8(env, a.at[3], license, sizeof license, NULL);
  napi_get_value_string_utf8(env, a.at[4], name, sizeof name, NULL);
  bpf_program_t program = {.type = (uint32_t)get_int(&a, 0),
                           .instructions = instructions,
                           .count = bytes / 8,
                           .license = license,
                           .name = name,
                           .attach_type = (uint32_t)get_int(&a, 5),
                           .btf_id = (uint32_t)get_int(&a, 6)};
  return number(env, bpf_load(&program, log, log_bytes));
}

static napi_value program_link(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return number(env, bpf_link(get_int(&a, 0), (uint32_t)get_int(&a, 1)));
}

static napi_value program_trace(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return number(env, bpf_trace(get_int(&a, 0)));
}

static napi_value program_iterate(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return number(env, bpf_iterate(get_int(&a, 0)));
}

static napi_value time_programs(napi_env env, napi_callback_info info) { return number(env, bpf_time_programs()); }

static napi_value socket_filter(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return number(env, bpf_socket_filter(get_int(&a, 0)));
}

// socketCookie(fd): SO_COOKIE | −errno
static napi_value socket_cookie(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  uint64_t cookie = 0;
  socklen_t length = sizeof cookie;
  int status = getsockopt(get_int(&a, 0), SOL_SOCKET, SO_COOKIE, &cookie, &length);
  return number(env, status < 0 ? -errno : (double)cookie);
}

// attachClassic(fd, instructions): 0 | −errno
static napi_value attach_classic(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  const void *instructions = get_bytes(&a, 1, &bytes);
  return number(env, instructions ? bpf_attach_classic(get_int(&a, 0), instructions, bytes / 8) : -EINVAL);
}

void define_bpf(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      FUNCTION("bpfCreateMap", map_create),
      FUNCTION("bpfUpdate", map_update),
      FUNCTION("bpfLookup", map_lookup),
      FUNCTION("bpfDelete", map_delete),
      FUNCTION("bpfReadAll", map_read_all),
      FUNCTION("bpfLoad", program_load),
      FUNCTION("bpfLink", program_link),
      FUNCTION("bpfTrace", program_trace),
      FUNCTION("bpfIterate", program_iterate),
      FUNCTION("bpfTimePrograms", time_programs),
      FUNCTION("socketFilter", socket_filter),
      FUNCTION("socketCookie", socket_cookie),
      FUNCTION("attachClassic", attach_classic),
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
}
