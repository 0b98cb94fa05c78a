// What JavaScript hands to a function of the addon, and what goes back: numbers and buffers that TypeScript has
// validated, and a count, a descriptor or −errno.
#ifndef RPNET_ARGUMENTS_H
#define RPNET_ARGUMENTS_H
#include <arpa/inet.h>
#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

enum { MAX_ARGUMENTS = 16 };

typedef struct {
  napi_env env;
  size_t count;
  napi_value at[MAX_ARGUMENTS];
} arguments_t;

static inline arguments_t arguments(napi_env env, napi_callback_info info) {
  arguments_t a = {.env = env, .count = MAX_ARGUMENTS};
  napi_get_cb_info(env, info, &a.count, a.at, NULL, NULL);
  return a;
}

static inline int32_t get_int(const arguments_t *a, size_t i) {
  int32_t v = 0;
  napi_get_value_int32(a->env, a->at[i], &v);
  return v;
}

static inline double get_double(const arguments_t *a, size_t i) {
  double v = 0;
  napi_get_value_double(a->env, a->at[i], &v);
  return v;
}

static inline uint64_t get_uint64(const arguments_t *a, size_t i) {
  uint64_t v = 0;
  bool lossless;
  napi_get_value_bigint_uint64(a->env, a->at[i], &v, &lossless);
  return v;
}

static inline void *get_pointer(const arguments_t *a, size_t i) {
  void *p = NULL;
  napi_get_value_external(a->env, a->at[i], &p);
  return p;
}

// The bytes of an ArrayBuffer or of a typed array; NULL and 0 for anything else.
static inline void *get_bytes(const arguments_t *a, size_t i, size_t *bytes) {
  void *data = NULL;
  bool is;
  *bytes = 0;
  if (napi_is_arraybuffer(a->env, a->at[i], &is) == napi_ok && is) {
    napi_get_arraybuffer_info(a->env, a->at[i], &data, bytes);
  } else if (napi_is_typedarray(a->env, a->at[i], &is) == napi_ok && is) {
    napi_typedarray_type type;
    size_t length;
    static const size_t width[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
    napi_get_typedarray_info(a->env, a->at[i], &type, &length, &data, NULL, NULL);
    *bytes = length * width[type];
  }
  return data;
}

// A numeric address of the family that its text has. Returns its length, 0 if it is neither.
static inline socklen_t get_address(const arguments_t *a, size_t i, uint16_t port, struct sockaddr_storage *to) {
  char text[INET6_ADDRSTRLEN] = "";
  napi_get_value_string_utf8(a->env, a->at[i], text, sizeof text, NULL);
  memset(to, 0, sizeof *to);
  struct sockaddr_in *v4 = (struct sockaddr_in *)to;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return sizeof *v6;
  }
  return 0;
}

static inline napi_value number(napi_env env, double v) {
  napi_value value;
  napi_create_double(env, v, &value);
  return value;
}

static inline napi_value result(napi_env env, int status) { return number(env, status < 0 ? -errno : status); }

#define FUNCTION(name, f) {name, NULL, f, NULL, NULL, NULL, napi_enumerable, NULL}

// Each puts its part of the addon's functions into `exports`.
void define_sockets(napi_env env, napi_value exports);
void define_bpf(napi_env env, napi_value exports);
void define_servers(napi_env env, napi_value exports);
void define_engine(napi_env env, napi_value exports);
void define_timing(napi_env env, napi_value exports);
#endif
