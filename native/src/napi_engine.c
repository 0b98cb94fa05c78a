// The client's engine.
#include <stdlib.h>

#include "arguments.h"
#include "engine.h"
#include "foreign.h"
#include "stream.h"
#include "tun.h"
#include "uring.h"

typedef struct {
  engine_t engine;
  napi_ref exchange;  // keeps the caller's memory alive as long as the engine writes to it
} engine_box_t;

static void engine_release(napi_env env, void *data, void *hint) {
  engine_box_t *box = data;
  engine_destroy(&box->engine);
  if (box->exchange) napi_delete_reference(env, box->exchange);
  free(box);
}

// KINDS in src/client/engine.ts has the same order.
static const poller_t *const pollers[] = {&epoll_poller, &uring_poller, &tcp_epoll_poller, &pktinfo_uring_poller,
                                          &pktinfo_mmsg_poller, &tun_uring_poller, &tun_plain_poller};

enum { REMEMBERED_AT_LEAST = 1 << 16 };

// Who is asked: members of ours; or, with a number of requests to remember, a server that is not, of our datagrams or of questions.
static int engine_asks(engine_t *e, const arguments_t *a) {
  int remembered = get_int(a, 10);
  if (!remembered) return 0;
  size_t bytes, end_bytes;
  uint8_t *messages = get_bytes(a, 11, &bytes);
  uint32_t *ends = get_bytes(a, 12, &end_bytes);
  questions_t questions = {.messages = messages,
                           .ends = ends,
                           .count = (uint32_t)(end_bytes / sizeof *ends),
                           .first = (uint32_t)get_int(a, 13)};
  if (remembered < REMEMBERED_AT_LEAST || (remembered & (remembered - 1)) != 0) return -EINVAL;
  if (!questions.count) return foreign_create(e, (uint32_t)remembered, NULL);
  for (uint32_t i = 0, from = 0; i < questions.count; from = ends[i++])
    if (ends[i] <= from || ends[i] > bytes || ends[i] - from > e->payload) return -EINVAL;
  return foreign_create(e, (uint32_t)remembered, &questions);
}

// engineOpen(kind, capacity, payload, runId, epochNs, address, port, exchange, requestsPerConnection, replyBytes, remembered,
// questions, ends, first, anywhere): External | −errno
static napi_value engine_new(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  exchange_t *exchange = get_bytes(&a, 7, &bytes);
  unsigned kind = (unsigned)get_int(&a, 0);
  if (!exchange || kind >= sizeof pollers / sizeof *pollers) return number(env, -EINVAL);
  if (bytes < (pollers[kind]->type == SOCK_STREAM ? sizeof(stream_exchange_t) : sizeof *exchange)) return number(env, -EINVAL);
  engine_box_t *box = calloc(1, sizeof *box);
  if (!box) return number(env, -ENOMEM);
  engine_t *e = &box->engine;
  e->poller = pollers[kind];
  e->capacity = get_int(&a, 1);
  e->payload = (size_t)get_int(&a, 2);
  e->run_id = get_uint64(&a, 3);
  e->epoch_ns = get_uint64(&a, 4);
  e->server_length = get_address(&a, 5, (uint16_t)get_int(&a, 6), &e->server);
  e->exchange = exchange;
  e->per_connection = (uint32_t)get_int(&a, 8);
  e->reply_bytes = (size_t)get_int(&a, 9);
  napi_get_value_bool(env, a.at[14], &e->anywhere);
  int status = e->server_length && e->reply_bytes > 0 ? engine_asks(e, &a) : -EINVAL;
  if (status == 0) status = engine_create(e);
  napi_value external;
  if (status == 0 && napi_create_reference(env, a.at[7], 1, &box->exchange) == napi_ok &&
      napi_create_external(env, box, engine_release, NULL, &external) == napi_ok)
    return external;
  engine_release(env, box, NULL);
  return number(env, status ? status : -ENOMEM);
}

// uringProbe(multishotReads): 0 where an engine over io_uring can be had, one that reads from a device too | −errno
static napi_value uring_probe(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  bool reads = false;
  napi_get_value_bool(env, a.at[0], &reads);
  uring_t ring;
  uring_options_t options = {.files = 1, .submissions = 1, .completions = 2, .buffers = 1, .buffer_bytes = 64};
  int status = uring_open(&ring, &options);
  // It may be had and yet not be entered: what is submitted, an operation that does nothing, tells.
  uint32_t index;
  if (status == 0 && uring_next(&ring, &index)) status = uring_enter(&ring, 1000000000);
  if (status == 0 && reads && !uring_has(&ring, URING_READ_MULTISHOT)) status = -EINVAL;
  uring_close(&ring);
  return number(env, status);
}

static engine_t *get_engine(const arguments_t *a) {
  engine_box_t *box = get_pointer(a, 0);
  return box ? &box->engine : NULL;
}

// engineOpenFlow(engine, lane, address, port): 0 | −(errno + 4096 × step)
static napi_value engine_flow(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage source;
  socklen_t length = get_address(&a, 2, (uint16_t)get_int(&a, 3), &source);
  engine_t *e = get_engine(&a);
  int lane = get_int(&a, 1);
  if (!e || !length || lane < 0 || lane >= e->capacity) return number(env, -EINVAL);
  return number(env, engine_open(e, lane, (struct sockaddr *)&source, length));
}

// engineComputeFlows(engine, flows, seed, first, ports, network, bits): before any is opened. 0 | −errno
static napi_value engine_compute(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  int ports = get_int(&a, 4), bits = get_int(&a, 6);
  if (!e || e->computed || ports < 1 || bits < 8 || bits > 24) return number(env, -EINVAL);
  e->flows = (uint32_t)get_int(&a, 1);
  e->computed = malloc(sizeof *e->computed);
  if (!e->computed) return number(env, -ENOMEM);
  *e->computed = (flow_sources_t){.first = (uint64_t)get_double(&a, 3),
                                  .sockets = (uint32_t)ports,
                                  .network = (uint32_t)get_double(&a, 5),
                                  .bits = (uint32_t)bits};
  return number(env, flow_sources_open(e->computed, (uint32_t)get_int(&a, 2)));
}

// engineOpenDevice(engine, ports, queue): 0 | −(errno + 4096 × step)
static napi_value engine_device(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  size_t bytes;
  const uint16_t *ports = get_bytes(&a, 1, &bytes);
  if (!e || !e->computed || e->tun || e->server.ss_family != AF_INET || e->capacity != 1 || bytes != e->computed->sockets * sizeof *ports) return number(env, -EINVAL);
  return number(env, tun_open(e, ports, (uint32_t)get_int(&a, 2)));
}

// engineWave(engine, firstFlow): closes what is open; lane 0 is this flow from now on
static napi_value engine_wave(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  if (!e) return number(env, -EINVAL);
  engine_close(e);
  e->first_flow = (uint32_t)get_int(&a, 1);
  return number(env, 0);
}

// engineDisconnect(engine)
static napi_value engine_leave(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  if (e) engine_disconnect(e);
  return number(env, e ? 0 : -EINVAL);
}

// engineSend(engine, count, phase)
static napi_value engine_request(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  int count = get_int(&a, 1);
  if (!e || count > ENGINE_BATCH) return number(env, -EINVAL);
  engine_send(e, count, (uint8_t)get_int(&a, 2));
  return number(env, count);
}

// engineReceive(engine, timeoutNs, againSequence | −1, phase): number of events
static napi_value engine_replies(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  double sequence = get_double(&a, 2);
  again_t again = {.sequence = sequence < 0 ? 0 : (uint64_t)sequence, .phase = (uint8_t)get_int(&a, 3)};
  return number(env, e ? engine_receive(e, (int64_t)get_double(&a, 1), sequence < 0 ? NULL : &again) : -EINVAL);
}

static napi_value engine_dropped(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  return number(env, e ? engine_drops(e) : -EINVAL);
}

static napi_value engine_sweep_all(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  engine_t *e = get_engine(&a);
  return number(env, e ? engine_sweep(e) : -EINVAL);
}

void define_engine(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      FUNCTION("uringProbe", uring_probe),
      FUNCTION("engineOpen", engine_new),
      FUNCTION("engineOpenFlow", engine_flow),
      FUNCTION("engineComputeFlows", engine_compute),
      FUNCTION("engineOpenDevice", engine_device),
      FUNCTION("engineWave", engine_wave),
      FUNCTION("engineDisconnect", engine_leave),
      FUNCTION("engineSend", engine_request),
      FUNCTION("engineReceive", engine_replies),
      FUNCTION("engineDrops", engine_dropped),
      FUNCTION("engineSweep", engine_sweep_all),
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
}
