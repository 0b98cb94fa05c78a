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

// bpfLoad(type, instructions, log): descriptor | −errno
static napi_value program_load(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes, log_bytes;
  const void *instructions = get_bytes(&a, 1, &bytes);
  char *log = get_bytes(&a, 2, &log_bytes);
  if (!instructions || !log || !log_bytes) return number(env, -EINVAL);
  return number(env, bpf_load((uint32_t)get_int(&a, 0), instructions, bytes / 8, log, log_bytes));
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
      FUNCTION("bpfLoad", program_load),
      FUNCTION("attachClassic", attach_classic),
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
}
