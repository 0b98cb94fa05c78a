// The same over sendmmsg() and recvmmsg(), where io_uring cannot be had: what goes out of a socket one after another goes
// in one call, and epoll says which sockets have something.
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "epoll_wait.h"
#include "pktinfo.h"
#include "send_batch.h"

enum { READY = 64, PART = 16 };  // sockets a look at the poller; datagrams of a socket in its turn
#define NO_SOCKET UINT32_MAX

// A datagram that came, and where from and where to.
typedef struct {
  struct iovec bytes;
  uint8_t sender[PKTINFO_NAME_6] __attribute__((aligned(8)));
  pktinfo_control_t control;
} arrival_t;

typedef struct {
  int poller;
  uint32_t ready[READY];  // sockets that epoll named and that were not looked at yet
  int readies, looked;
  double each_ns;  // that a datagram takes of those that go in one call: a median that follows by small steps
  uint8_t *requests, *replies;
  pktinfo_message_t messages[ENGINE_BATCH];
  uint32_t socket[ENGINE_BATCH];
  struct mmsghdr out[ENGINE_BATCH], in[ENGINE_BATCH];
  arrival_t arrivals[ENGINE_BATCH];
} state_t;
static const double FIRST_GUESS_NS = 2000, STEP = 1.0 / 16;

static int create(engine_t *e) {
  state_t *s = calloc(1, sizeof *s);
  if (!s) return -ENOMEM;
  e->state = s;
  s->each_ns = FIRST_GUESS_NS;
  s->requests = calloc(ENGINE_BATCH, e->payload);
  s->replies = malloc(ENGINE_BATCH * (e->payload + 1));
  s->poller = epoll_create1(EPOLL_CLOEXEC);
  if (s->poller < 0) return -errno;
  return s->requests && s->replies ? 0 : -ENOMEM;
}

static void destroy(engine_t *e) {
  state_t *s = e->state;
  if (s->poller >= 0) close(s->poller);
  free(s->requests);
  free(s->replies);
  free(s);
}

static int watch(engine_t *e, int lane) {
  state_t *s = e->state;
  struct epoll_event interest = {.events = EPOLLIN, .data.u32 = (uint32_t)lane};
  return epoll_ctl(s->poller, EPOLL_CTL_ADD, e->lanes[lane].socket, &interest) ? -errno : 0;
}

static void forget(engine_t *e) {
  state_t *s = e->state;
  s->readies = s->looked = 0;  // the poller forgets a socket when it is closed
}

// Sends requests `from` … `to`−1 of the batch, all of one socket. Each is stamped with the clock as it stands, and what
// those before it take.
static void send_run(engine_t *e, int from, int to) {
  state_t *s = e->state;
  exchange_t *x = e->exchange;
  uint32_t socket = s->socket[from];
  for (bool told = false; from < to;) {
    double at = engine_now(e);
    for (int i = from; i < to; i++, at += s->each_ns) {
      x->send_ns[i] = floor(at);
      datagram_write_sent(s->requests + (size_t)i * e->payload, (uint64_t)x->send_ns[i]);
    }
    uint64_t began = clock_ns(CLOCK_MONOTONIC);
    int sent = send_batch(e->lanes[socket].socket, s->out + from, to - from, MSG_DONTWAIT);
    if (sent > 0) {
      double each = (double)(clock_ns(CLOCK_MONOTONIC) - began) / sent;
      s->each_ns *= each > s->each_ns ? 1 + STEP : 1 - STEP;
      from += sent;
      told = false;
      continue;
    }
    // What an earlier datagram met is reported here: clear it and send this one, once.
    int error = errno;
    if (error == EINTR) continue;
    if (error == ECONNREFUSED && !told) {
      told = true;
      pktinfo_take_errors(e, socket);
      continue;
    }
    x->send_ns[from++] = -error;
    told = false;
  }
}

static void prepare(engine_t *e, int flow, uint64_t sequence, uint8_t phase, int at) {
  state_t *s = e->state;
  if (flow < 0 || (uint32_t)flow >= e->flows) {
    s->socket[at] = NO_SOCKET;
    e->exchange->send_ns[at] = -EINVAL;
    return;
  }
  s->socket[at] = pktinfo_write(e, &s->messages[at], s->requests + (size_t)at * e->payload, flow, sequence, phase, 0);
  s->out[at] = (struct mmsghdr){.msg_hdr = s->messages[at].header};
}

// Sends the first `count` requests that were prepared, a call for those that follow one another from one socket.
static void send_prepared(engine_t *e, int count) {
  const state_t *s = e->state;
  for (int from = 0, to; from < count; from = to) {
    for (to = from + 1; to < count && s->socket[to] == s->socket[from];) to++;
    if (s->socket[from] != NO_SOCKET) send_run(e, from, to);
  }
}

static void send_all(engine_t *e, int count, uint8_t phase) {
  exchange_t *x = e->exchange;
  for (int i = 0; i < count; i++) prepare(e, x->send_flow[i], (uint64_t)x->send_sequence[i], phase, i);
  send_prepared(e, count);
}

// Takes up to `most` datagrams of a socket. Returns how many events were written from `at` on.
static int take(engine_t *e, uint32_t socket, int at, int most) {
  state_t *s = e->state;
  struct msghdr room = pktinfo_room(e);
  for (int i = 0; i < most; i++) {
    arrival_t *a = &s->arrivals[i];
    a->bytes = (struct iovec){.iov_base = s->replies + (size_t)i * (e->payload + 1), .iov_len = e->payload + 1};
    struct msghdr *header = &s->in[i].msg_hdr;
    *header = room;
    header->msg_name = a->sender;
    header->msg_iov = &a->bytes;
    header->msg_iovlen = 1;
    header->msg_control = &a->control;
  }
  int got = recvmmsg(e->lanes[socket].socket, s->in, (unsigned)most, MSG_DONTWAIT, NULL), events = 0;
  if (got < 0 && errno != EAGAIN && errno != EINTR) pktinfo_take_errors(e, socket);
  double now = engine_now(e);
  for (int i = 0; i < got; i++) {
    const uint8_t *bytes = s->arrivals[i].bytes.iov_base;
    uint32_t flow = pktinfo_flow(e, socket, &s->in[i].msg_hdr, bytes, s->in[i].msg_len);
    events += engine_note_reply(e, bytes, s->in[i].msg_len, flow, at + events, now);
  }
  return events;
}

static int look(engine_t *e, int64_t timeout_ns) {
  state_t *s = e->state;
  struct epoll_event ready[READY];
  int n = epoll_wait_ns(s->poller, ready, READY, timeout_ns);
  if (n < 0 && errno != EINTR) return -errno;
  s->looked = 0;
  s->readies = n > 0 ? n : 0;
  for (int i = 0; i < s->readies; i++) s->ready[i] = ready[i].data.u32;
  return 0;
}

// Of each socket that is ready a part in its turn: one that is emptied first lets the queues of the others run over.
static int receive(engine_t *e, int64_t timeout_ns, const again_t *again) {
  state_t *s = e->state;
  int events = 0;
  if (s->looked == s->readies) {
    int status = look(e, timeout_ns);
    if (status < 0) return status;
  }
  while (s->looked < s->readies && events < ENGINE_BATCH) {
    int room = ENGINE_BATCH - events;
    events += take(e, s->ready[s->looked++], events, room < PART ? room : PART);
  }
  if (again && events > 0) {
    for (int i = 0; i < events; i++) prepare(e, e->exchange->flow[i], again->sequence + (uint64_t)i, again->phase, i);
    send_prepared(e, events);
  }
  return events;
}

static int sweep(engine_t *e) {
  int events = 0;
  do events = receive(e, 0, NULL);
  while (events == 0 && ((state_t *)e->state)->readies > 0);
  return events;
}

const poller_t pktinfo_mmsg_poller = {.type = SOCK_DGRAM,
                                      .create = create,
                                      .destroy = destroy,
                                      .open = pktinfo_open,
                                      .watch = watch,
                                      .forget = forget,
                                      .send = send_all,
                                      .receive = receive,
                                      .sweep = sweep};
