// Members, and the front of those that have one.
#include <stdlib.h>

#include "arguments.h"
#include "front.h"
#include "member.h"
#include "tcp_member.h"

// ---- member ----

typedef struct {
  member_t member;
  napi_ref counters;  // keeps the shared memory mapped as long as the member counts into it
} member_box_t;

// Of memberOpen's arguments.
static service_t get_service(const arguments_t *a, const uint8_t *memory, uint16_t index) {
  uint32_t length = (uint32_t)get_double(a, 10);
  return (service_t){
      .kind = length ? get_int(a, 7) : SERVICE_NONE,
      .mean_ns = get_double(a, 8),
      .table = (const double *)(const void *)(memory + (size_t)get_double(a, 9)),
      .length = length,
      // Members draw from the same table: each from a place of its own.
      .next = length ? index * 7919u % length : 0,
  };
}

static void member_release(napi_env env, void *data, void *hint) {
  member_box_t *box = data;
  member_close(&box->member);
  if (box->counters) napi_delete_reference(env, box->counters);
  free(box);
}

// memberOpen(fd, index, generation, epochNs, mostPayload, memory, offset, serviceKind, serviceMeanNs,
// tableOffset, tableLength, replyFd): External | −errno
static napi_value member_new(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes, offset = (size_t)get_double(&a, 6), table = (size_t)get_double(&a, 9);
  uint32_t length = (uint32_t)get_double(&a, 10);
  uint8_t *memory = get_bytes(&a, 5, &bytes);
  if (!memory || offset + MEMBER_BLOCK_BYTES > bytes || table + length * sizeof(double) > bytes)
    return number(env, -EINVAL);
  member_box_t *box = calloc(1, sizeof *box);
  if (!box) return number(env, -ENOMEM);
  member_t *m = &box->member;
  m->fd = get_int(&a, 0);
  m->reply_fd = get_int(&a, 11);
  m->index = (uint16_t)get_int(&a, 1);
  m->generation = (uint32_t)get_int(&a, 2);
  m->epoch_ns = get_uint64(&a, 3);
  m->most_payload = (size_t)get_int(&a, 4);
  m->counters = (member_counters_t *)(memory + offset);
  m->service = get_service(&a, memory, m->index);
  int status = member_open(m);
  napi_value external;
  if (status == 0 && napi_create_reference(env, a.at[5], 1, &box->counters) == napi_ok &&
      napi_create_external(env, box, member_release, NULL, &external) == napi_ok)
    return external;
  member_release(env, box, NULL);
  return number(env, status ? status : -ENOMEM);
}

// memberStep(member, maxNs): 1 go on, 0 stopped, −errno
static napi_value member_serve(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  member_box_t *box = get_pointer(&a, 0);
  return number(env, box ? member_step(&box->member, (uint64_t)get_double(&a, 1)) : -EINVAL);
}

// ---- member over TCP ----

typedef struct {
  tcp_member_t member;
  napi_ref counters;  // as a member's
} tcp_member_box_t;

static void tcp_member_release(napi_env env, void *data, void *hint) {
  tcp_member_box_t *box = data;
  tcp_member_close(&box->member);
  if (box->counters) napi_delete_reference(env, box->counters);
  free(box);
}

// tcpMemberOpen(fd, index, …): as memberOpen, without its last
static napi_value tcp_member_new(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes, offset = (size_t)get_double(&a, 6), table = (size_t)get_double(&a, 9);
  uint32_t length = (uint32_t)get_double(&a, 10);
  uint8_t *memory = get_bytes(&a, 5, &bytes);
  if (!memory || offset + MEMBER_BLOCK_BYTES > bytes || table + length * sizeof(double) > bytes)
    return number(env, -EINVAL);
  tcp_member_box_t *box = calloc(1, sizeof *box);
  if (!box) return number(env, -ENOMEM);
  tcp_member_t *m = &box->member;
  m->fd = get_int(&a, 0);
  m->index = (uint16_t)get_int(&a, 1);
  m->generation = (uint32_t)get_int(&a, 2);
  m->epoch_ns = get_uint64(&a, 3);
  m->most_payload = (size_t)get_int(&a, 4);
  m->counters = (member_counters_t *)(memory + offset);
  m->service = get_service(&a, memory, m->index);
  m->epoll = -1;
  int status = tcp_member_open(m);
  napi_value external;
  if (status == 0 && napi_create_reference(env, a.at[5], 1, &box->counters) == napi_ok &&
      napi_create_external(env, box, tcp_member_release, NULL, &external) == napi_ok)
    return external;
  tcp_member_release(env, box, NULL);
  return number(env, status ? status : -ENOMEM);
}

// tcpMemberStep(member, maxNs): as memberStep
static napi_value tcp_member_serve(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  tcp_member_box_t *box = get_pointer(&a, 0);
  return number(env, box ? tcp_member_step(&box->member, (uint64_t)get_double(&a, 1)) : -EINVAL);
}

// ---- front ----

typedef struct {
  front_t front;
  napi_ref counters;  // as a member's
} front_box_t;

static void front_release(napi_env env, void *data, void *hint) {
  front_box_t *box = data;
  front_close(&box->front);
  if (box->counters) napi_delete_reference(env, box->counters);
  free(box);
}

// frontOpen(fd, memberFds, mostPayload, memory, offset): External | −errno; the blocks of the members, one each, are
// the first of the memory
static napi_value front_new(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes, fd_bytes, offset = (size_t)get_double(&a, 4);
  const int *fds = get_bytes(&a, 1, &fd_bytes);
  uint8_t *memory = get_bytes(&a, 3, &bytes);
  size_t members = fd_bytes / sizeof *fds;
  if (!fds || !members || !memory || offset + MEMBER_BLOCK_BYTES > bytes || offset < members * MEMBER_BLOCK_BYTES)
    return number(env, -EINVAL);
  front_box_t *box = calloc(1, sizeof *box);
  if (!box) return number(env, -ENOMEM);
  front_t *f = &box->front;
  f->fd = get_int(&a, 0);
  f->members = (uint32_t)members;
  f->most_payload = (size_t)get_int(&a, 2);
  f->counters = (member_counters_t *)(memory + offset);
  f->member_counters = (member_counters_t *)memory;
  f->member_fds = malloc(fd_bytes);
  if (f->member_fds) memcpy(f->member_fds, fds, fd_bytes);
  int status = f->member_fds ? front_open(f) : -ENOMEM;
  napi_value external;
  if (status == 0 && napi_create_reference(env, a.at[3], 1, &box->counters) == napi_ok &&
      napi_create_external(env, box, front_release, NULL, &external) == napi_ok)
    return external;
  front_release(env, box, NULL);
  return number(env, status ? status : -ENOMEM);
}

// frontStep(front, maxNs): 1 go on, 0 stopped, −errno
static napi_value front_serve(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  front_box_t *box = get_pointer(&a, 0);
  return number(env, box ? front_step(&box->front, (uint64_t)get_double(&a, 1)) : -EINVAL);
}

void define_servers(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      FUNCTION("memberOpen", member_new),
      FUNCTION("memberStep", member_serve),
      FUNCTION("tcpMemberOpen", tcp_member_new),
      FUNCTION("tcpMemberStep", tcp_member_serve),
      FUNCTION("frontOpen", front_new),
      FUNCTION("frontStep", front_serve),
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
}
