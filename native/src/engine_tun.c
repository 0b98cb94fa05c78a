// The same over read() and write(), where there is no io_uring that reads from a device: a system call a packet.
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "tun.h"

typedef struct {
  uint8_t *request, *reply;
  size_t request_bytes, reply_bytes;
} state_t;

static int create(engine_t *e) {
  state_t *s = calloc(1, sizeof *s);
  if (!s) return -ENOMEM;
  e->state = s;
  s->request_bytes = TUN_HEAD + e->payload;
  s->reply_bytes = TUN_HEAD + e->reply_bytes;
  s->request = calloc(1, s->request_bytes);
  s->reply = malloc(s->reply_bytes);
  return s->request && s->reply ? 0 : -ENOMEM;
}

static void destroy(engine_t *e) {
  state_t *s = e->state;
  free(s->request);
  free(s->reply);
  free(s);
}

// There is one descriptor, which is asked by itself.
static int watch(engine_t *e, int lane) { return 0; }
static void forget(engine_t *e) {}

static void send_request(engine_t *e, int flow, uint64_t sequence, uint8_t phase, int at) {
  state_t *s = e->state;
  double *sent = &e->exchange->send_ns[at];
  if (flow < 0 || (uint32_t)flow >= e->flows) {
    *sent = -EINVAL;
    return;
  }
  uint64_t now = clock_ns(CLOCK_MONOTONIC) - e->epoch_ns;
  tun_write(e, s->request, flow, sequence, phase, now);
  ssize_t n;
  do n = write(e->lanes[0].socket, s->request, s->request_bytes);
  while (n < 0 && errno == EINTR);
  *sent = n < 0 ? -errno : (double)now;
}

static void send_all(engine_t *e, int count, uint8_t phase) {
  exchange_t *x = e->exchange;
  for (int i = 0; i < count; i++) send_request(e, x->send_flow[i], (uint64_t)x->send_sequence[i], phase, i);
}

// Takes what is there. Returns how many events there are now.
static int take(engine_t *e, const again_t *again) {
  state_t *s = e->state;
  int events = 0;
  while (events < ENGINE_BATCH) {
    ssize_t n = read(e->lanes[0].socket, s->reply, s->reply_bytes);
    if (n < 0) {
      engine_note_failure(e, errno);
      break;
    }
    uint32_t flow;
    if (!tun_flow(e, s->reply, (size_t)n, &flow)) continue;
    if (!engine_note_reply(e, s->reply + TUN_HEAD, (size_t)n - TUN_HEAD, flow, events, engine_now(e))) continue;
    if (again) send_request(e, e->exchange->flow[events], again->sequence + (uint64_t)events, again->phase, events);
    events++;
  }
  return events;
}

static int receive(engine_t *e, int64_t timeout_ns, const again_t *again) {
  int events = take(e, again);
  if (events > 0 || timeout_ns <= 0) return events;
  struct pollfd device = {.fd = e->lanes[0].socket, .events = POLLIN};
  struct timespec wait = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
  if (ppoll(&device, 1, &wait, NULL) < 0 && errno != EINTR) return -errno;
  return take(e, again);
}

static int sweep(engine_t *e) { return take(e, NULL); }

const poller_t tun_plain_poller = {
    .type = SOCK_DGRAM, .create = create, .destroy = destroy, .watch = watch, .forget = forget, .send = send_all, .receive = receive, .sweep = sweep};
