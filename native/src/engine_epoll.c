// A system call a datagram, and epoll to say where one is.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "engine.h"
#include "epoll_wait.h"

// Replies a call: with thousands of flows, what a reply brought into the cache is gone when more are taken at once.
enum { BATCH = 32, READY = 256 };  // and sockets a look at the poller

typedef struct {
  int poller;
  uint32_t *carry;  // lanes that epoll named and that were not emptied yet
  int carried;
  uint8_t *request, *reply;
} state_t;

static int create(engine_t *e) {
  state_t *s = calloc(1, sizeof *s);
  if (!s) return -ENOMEM;
  e->state = s;
  s->carry = malloc(((size_t)e->capacity + READY) * sizeof *s->carry);
  s->request = calloc(1, e->payload);
  s->reply = malloc(e->reply_bytes);
  s->poller = epoll_create1(EPOLL_CLOEXEC);
  if (s->poller < 0) return -errno;
  return s->carry && s->request && s->reply ? 0 : -ENOMEM;
}

static void destroy(engine_t *e) {
  state_t *s = e->state;
  if (s->poller >= 0) close(s->poller);
  free(s->carry);
  free(s->request);
  free(s->reply);
  free(s);
}

static int watch(engine_t *e, int lane) {
  state_t *s = e->state;
  // Edge-triggered: one wake-up a datagram, and no second look at sockets that were emptied.
  struct epoll_event interest = {.events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)lane};
  return epoll_ctl(s->poller, EPOLL_CTL_ADD, e->lanes[lane].socket, &interest) ? -errno : 0;
}

static void forget(engine_t *e) {
  state_t *s = e->state;
  s->carried = 0;  // the poller forgets a socket when it is closed
}

// Sends one request and writes when, or −errno, at `at`.
static void send_request(engine_t *e, int lane, uint64_t sequence, uint8_t phase, uint64_t now, int at) {
  state_t *s = e->state;
  size_t length = engine_write_request(e, s->request, lane, sequence, phase, now);
  int status = engine_send_plain(e, lane, s->request, length);
  e->exchange->send_ns[at] = status < 0 ? status : (double)now;
  if (status == 0) e->lanes[lane].outstanding++;
}

static void send_all(engine_t *e, int count, uint8_t phase) {
  exchange_t *x = e->exchange;
  for (int i = 0; i < count; i++) {
    int lane = x->send_flow[i];
    if (lane < 0 || lane >= e->capacity) x->send_ns[i] = -EINVAL;
    else send_request(e, lane, (uint64_t)x->send_sequence[i], phase, clock_ns(CLOCK_MONOTONIC) - e->epoch_ns, i);
  }
}

// Takes one datagram of a lane. Returns 1: an event was written at `at`; 0: taken, but nothing to report;
// −1: the socket is empty.
static int take(engine_t *e, uint32_t lane, int at) {
  state_t *s = e->state;
  ssize_t n = recv(e->lanes[lane].socket, s->reply, e->reply_bytes, MSG_DONTWAIT);
  if (n < 0) {
    if (errno == EAGAIN) return -1;
    engine_note_failure(e, errno);
    return 0;
  }
  if (!engine_note_reply(e, s->reply, (size_t)n, lane, at, engine_now(e))) return 0;
  e->lanes[lane].outstanding--;
  return 1;
}

// Takes from the carried lanes until they are empty or the batch is full.
static int take_carried(engine_t *e, int all, const again_t *again) {
  state_t *s = e->state;
  int events = 0, done = 0;
  for (; done < s->carried && events < BATCH; done++) {
    uint32_t lane = s->carry[done];
    if (e->lanes[lane].socket < 0) continue;
    for (;;) {
      if (events == BATCH) goto full;  // this lane may hold more: it is looked at again
      int taken = take(e, lane, events);
      if (taken < 0) break;
      // Edge-triggered epoll will name the lane again for what arrives from now on. A second look, which costs
      // a system call, is only due when more than what was just taken can be waiting already.
      int more = all || e->lanes[lane].outstanding > 0;
      // At once, while the flow's socket is in the cache: with thousands of flows it is gone a batch later.
      if (taken && again)
        send_request(e, (int)lane, again->sequence + (uint64_t)events, again->phase,
                     (uint64_t)e->exchange->received_ns[events], events);
      events += taken;
      if (!more) break;
    }
  }
full:
  s->carried -= done;
  memmove(s->carry, s->carry + done, (size_t)s->carried * sizeof *s->carry);
  return events;
}

static int receive(engine_t *e, int64_t timeout_ns, const again_t *again) {
  state_t *s = e->state;
  if (!s->carried) {
    struct epoll_event ready[READY];
    int n = epoll_wait_ns(s->poller, ready, READY, timeout_ns);
    if (n < 0 && errno != EINTR) return -errno;
    for (int i = 0; i < n; i++) s->carry[i] = ready[i].data.u32;
    s->carried = n > 0 ? n : 0;
  }
  return s->carried ? take_carried(e, 0, again) : 0;
}

static int sweep(engine_t *e) {
  state_t *s = e->state;
  if (!s->carried) {
    for (int i = 0; i < e->capacity; i++) s->carry[i] = (uint32_t)i;
    s->carried = e->capacity;
  }
  return take_carried(e, 1, NULL);
}

const poller_t epoll_poller = {
    .type = SOCK_DGRAM, .create = create, .destroy = destroy, .watch = watch, .forget = forget, .send = send_all, .receive = receive, .sweep = sweep};
