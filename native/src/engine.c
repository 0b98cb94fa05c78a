#include "engine.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"

int engine_create(engine_t *e) {
  size_t n = (size_t)e->capacity;
  e->slots = malloc(n * sizeof *e->slots);
  e->carry = malloc((n + ENGINE_READY) * sizeof *e->carry);
  e->request = calloc(1, e->payload);
  e->reply = malloc(e->payload + 1);
  if (!e->slots || !e->carry || !e->request || !e->reply) return -ENOMEM;
  for (size_t i = 0; i < n; i++) e->slots[i] = (slot_t){.socket = -1};
  e->poller = epoll_create1(EPOLL_CLOEXEC);
  return e->poller < 0 ? -errno : 0;
}

void engine_destroy(engine_t *e) {
  if (e->slots) engine_close(e);
  if (e->poller >= 0) close(e->poller);
  e->poller = -1;
  free(e->slots);
  free(e->carry);
  free(e->request);
  free(e->reply);
  e->slots = NULL;
  e->carry = NULL;
  e->request = e->reply = NULL;
}

static double since_epoch(const engine_t *e) { return (double)(clock_ns(CLOCK_MONOTONIC) - e->epoch_ns); }

int engine_open(engine_t *e, int slot, const struct sockaddr *source, socklen_t length) {
  int fd = socket(source->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), step = 0;
  if (fd < 0) return -errno;
  // Edge-triggered: one wake-up a datagram, and no second look at sockets that were emptied.
  struct epoll_event interest = {.events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)slot};
  if (bind(fd, source, length)) step = 1;
  else if (connect(fd, (struct sockaddr *)&e->server, e->server_length)) step = 2;
  else if (epoll_ctl(e->poller, EPOLL_CTL_ADD, fd, &interest)) step = 3;
  if (step) {
    int error = errno;
    close(fd);
    return -(error + 4096 * step);
  }
  e->slots[slot] = (slot_t){.socket = fd};
  return 0;
}

double engine_drops(const engine_t *e) {
  double drops = 0;
  for (int i = 0; i < e->capacity; i++) {
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof info;
    if (e->slots[i].socket >= 0 && getsockopt(e->slots[i].socket, SOL_SOCKET, SO_MEMINFO, info, &length) == 0)
      drops += info[SK_MEMINFO_DROPS];
  }
  return drops;
}

void engine_close(engine_t *e) {
  for (int i = 0; i < e->capacity; i++) {
    if (e->slots[i].socket < 0) continue;
    // close() is not repeated on EINTR: on Linux the descriptor is gone either way.
    close(e->slots[i].socket);
    e->slots[i].socket = -1;
  }
  e->carried = 0;
}

// Sends one request and writes when, or −errno, at `at`.
static void send_request(engine_t *e, int slot, uint64_t sequence, uint8_t phase, uint64_t now, int at) {
  exchange_t *x = e->exchange;
  datagram_t d = {.kind = DATAGRAM_REQUEST,
                  .phase = phase,
                  .run_id = e->run_id,
                  .flow = e->first_flow + (uint32_t)slot,
                  .sequence = sequence,
                  .sent_ns = now};
  datagram_write_request(e->request, &d);
  ssize_t n;
  do n = send(e->slots[slot].socket, e->request, e->payload, 0);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == ECONNREFUSED) {
    // What an earlier datagram of this flow met is reported here: clear it and send this one.
    x->counters[REFUSED]++;
    n = send(e->slots[slot].socket, e->request, e->payload, 0);
  }
  if (n < 0) {
    x->send_ns[at] = -errno;
  } else {
    x->send_ns[at] = (double)now;
    e->slots[slot].outstanding++;
  }
}

void engine_send(engine_t *e, int count, uint8_t phase) {
  exchange_t *x = e->exchange;
  for (int i = 0; i < count; i++) {
    int slot = x->send_flow[i];
    if (slot < 0 || slot >= e->capacity) {
      x->send_ns[i] = -EINVAL;
      continue;
    }
    send_request(e, slot, (uint64_t)x->send_sequence[i], phase, clock_ns(CLOCK_MONOTONIC) - e->epoch_ns, i);
  }
}

// Takes one datagram of a slot. Returns 1: an event was written at `at`; 0: taken, but nothing to report;
// −1: the socket is empty.
static int take(engine_t *e, uint32_t slot, int at) {
  exchange_t *x = e->exchange;
  ssize_t n = recv(e->slots[slot].socket, e->reply, e->payload + 1, MSG_DONTWAIT);
  if (n < 0) {
    if (errno == EAGAIN) return -1;
    if (errno == ECONNREFUSED) x->counters[REFUSED]++;
    else if (errno != EINTR) x->counters[RECEIVE_ERRORS]++;
    return 0;
  }
  datagram_t d;
  if ((size_t)n > e->payload || !datagram_read(e->reply, (size_t)n, DATAGRAM_REPLY, e->run_id, &d) ||
      d.flow != e->first_flow + slot) {
    x->counters[STRANGERS]++;
    return 0;
  }
  e->slots[slot].outstanding--;
  x->sequence[at] = (double)d.sequence;
  x->sent_ns[at] = (double)d.sent_ns;
  x->taken_ns[at] = (double)d.taken_ns;
  x->arrived_ns[at] = d.queued_ns == QUEUED_UNKNOWN ? -1.0 : (double)d.taken_ns - (double)d.queued_ns;
  x->echoed_ns[at] = (double)d.taken_ns + (double)d.served_ns;
  x->received_ns[at] = since_epoch(e);
  x->flow[at] = (int32_t)slot;
  x->member[at] = d.member;
  x->generation[at] = (int32_t)d.generation;
  x->phase[at] = d.phase;
  return 1;
}

// Takes from the carried slots until they are empty or the exchange is full.
static int take_carried(engine_t *e, int all, const again_t *again) {
  int events = 0, done = 0;
  for (; done < e->carried && events < ENGINE_BATCH; done++) {
    uint32_t slot = e->carry[done];
    if (e->slots[slot].socket < 0) continue;
    for (;;) {
      if (events == ENGINE_BATCH) goto full;  // this slot may hold more: it is looked at again
      int taken = take(e, slot, events);
      if (taken < 0) break;
      // Edge-triggered epoll will name the slot again for what arrives from now on. A second look, which costs
      // a system call, is only due when more than what was just taken can be waiting already.
      int more = all || e->slots[slot].outstanding > 0;
      // At once, while the flow's socket is in the cache: with thousands of flows it is gone a batch later.
      if (taken && again)
        send_request(e, (int)slot, again->sequence + (uint64_t)events, again->phase,
                     (uint64_t)e->exchange->received_ns[events], events);
      events += taken;
      if (!more) break;
    }
  }
full:
  e->carried -= done;
  memmove(e->carry, e->carry + done, (size_t)e->carried * sizeof *e->carry);
  return events;
}

static int wait_ready(engine_t *e, struct epoll_event *ready, int64_t timeout_ns) {
#ifdef SYS_epoll_pwait2
  static _Thread_local int no_pwait2;
  if (!no_pwait2 && timeout_ns > 0) {
    struct timespec t = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    long n = syscall(SYS_epoll_pwait2, e->poller, ready, ENGINE_READY, &t, NULL, 0);
    if (n >= 0 || errno != ENOSYS) return (int)n;
    no_pwait2 = 1;
  }
#endif
  // Before Linux 5.11 the wait is in milliseconds: round up, the caller looks at the clock.
  return epoll_wait(e->poller, ready, ENGINE_READY, (int)((timeout_ns + 999999) / 1000000));
}

int engine_receive(engine_t *e, int64_t timeout_ns, const again_t *again) {
  int events = 0;
  if (!e->carried) {
    struct epoll_event ready[ENGINE_READY];
    int n = wait_ready(e, ready, timeout_ns);
    if (n < 0 && errno != EINTR) return -errno;
    for (int i = 0; i < n; i++) e->carry[i] = ready[i].data.u32;
    e->carried = n > 0 ? n : 0;
  }
  if (e->carried) events = take_carried(e, 0, again);
  e->exchange->now_ns = since_epoch(e);
  return events;
}

int engine_sweep(engine_t *e) {
  if (!e->carried) {
    for (int i = 0; i < e->capacity; i++) e->carry[i] = (uint32_t)i;
    e->carried = e->capacity;
  }
  int events = take_carried(e, 1, NULL);
  e->exchange->now_ns = since_epoch(e);
  return events;
}
