// TCP over epoll: a system call each to connect, to write a request and to read a reply, and epoll to say where one is.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "epoll_wait.h"
#include "stream.h"

enum { READY = 256 };  // flows a look at the poller

typedef struct {
  uint32_t lane, events;
} named_t;

typedef struct {
  streams_t streams;
  int poller;
  named_t *carry;  // what epoll named and was not looked at yet
  int carried;
} state_t;

static int create(engine_t *e) {
  state_t *s = calloc(1, sizeof *s);
  if (!s) return -ENOMEM;
  e->state = s;
  s->carry = malloc(((size_t)e->capacity + READY) * sizeof *s->carry);
  s->poller = epoll_create1(EPOLL_CLOEXEC);
  if (s->poller < 0) return -errno;
  int status = streams_create(&s->streams, e);
  return s->carry ? status : -ENOMEM;
}

static void destroy(engine_t *e) {
  state_t *s = e->state;
  if (s->poller >= 0) close(s->poller);
  streams_destroy(&s->streams);
  free(s->carry);
  free(s);
}

static int watch(engine_t *e, int lane) {
  state_t *s = e->state;
  // Edge-triggered, and so told once that a connection came about, that a full socket takes more, and of each that came.
  struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u32 = (uint32_t)lane};
  return epoll_ctl(s->poller, EPOLL_CTL_ADD, e->lanes[lane].socket, &interest) ? -errno : 0;
}

static void forget(engine_t *e) {
  state_t *s = e->state;
  s->carried = 0;
  streams_close(&s->streams);
}

// Has a request sent, and writes when it was begun, or −errno, at `at`.
static void ask(engine_t *e, int lane, uint64_t sequence, uint8_t phase, double now, int at) {
  state_t *s = e->state;
  // First, since the reply may be there before this returns.
  int status = lane < 0 || lane >= e->capacity ? -EINVAL : stream_ask(&s->streams, (uint32_t)lane, sequence, phase, now);
  e->exchange->send_ns[at] = status < 0 ? status : now;
}

static void send_all(engine_t *e, int count, uint8_t phase) {
  exchange_t *x = e->exchange;
  for (int i = 0; i < count; i++)
    ask(e, x->send_flow[i], (uint64_t)x->send_sequence[i], phase, engine_now(e), i);
}

// Looks at a flow that was named. Returns the events that it wrote from `at` on; `*again_here`: it may hold more.
static int look(engine_t *e, named_t named, int at, const again_t *again, bool *again_here) {
  state_t *s = e->state;
  bool ended = named.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
  *again_here = false;
  if (e->lanes[named.lane].socket < 0) return 0;
  // A connection that came about, or did not; or a socket that takes more.
  if (named.events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) stream_advance(&s->streams, named.lane);
  if (!ended && !(named.events & EPOLLIN)) return 0;
  int taken = 0;
  bool more = true;
  while (more && at + taken < ENGINE_BATCH)
    taken += stream_take(&s->streams, named.lane, at + taken, ENGINE_BATCH - at - taken, ended, &more);
  *again_here = more;
  for (int i = at; again && i < at + taken; i++)
    ask(e, (int)named.lane, again->sequence + (uint64_t)i, again->phase, e->exchange->received_ns[i], i);
  return taken;
}

static int take_carried(engine_t *e, const again_t *again) {
  state_t *s = e->state;
  int events = 0, done = 0;
  while (done < s->carried && events < ENGINE_BATCH) {
    bool again_here;
    events += look(e, s->carry[done], events, again, &again_here);
    if (!again_here) done++;
  }
  s->carried -= done;
  memmove(s->carry, s->carry + done, (size_t)s->carried * sizeof *s->carry);
  streams_tell_cuts(&s->streams);
  return events;
}

static int receive(engine_t *e, int64_t timeout_ns, const again_t *again) {
  state_t *s = e->state;
  if (!s->carried) {
    struct epoll_event ready[READY];
    // Who has something to tell does not wait.
    int n = epoll_wait_ns(s->poller, ready, READY, s->streams.first_cut >= 0 ? 0 : timeout_ns);
    if (n < 0 && errno != EINTR) return -errno;
    for (int i = 0; i < n; i++) s->carry[i] = (named_t){.lane = ready[i].data.u32, .events = ready[i].events};
    s->carried = n > 0 ? n : 0;
  }
  return take_carried(e, again);
}

static int sweep(engine_t *e) {
  state_t *s = e->state;
  if (!s->carried) {
    for (int i = 0; i < e->capacity; i++) s->carry[i] = (named_t){.lane = (uint32_t)i, .events = EPOLLIN};
    s->carried = e->capacity;
  }
  return take_carried(e, NULL);
}

const poller_t tcp_epoll_poller = {
    .type = SOCK_STREAM, .create = create, .destroy = destroy, .watch = watch, .forget = forget, .send = send_all,
    .receive = receive, .sweep = sweep};
