#include "tcp_member.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "tcp_connection.h"

enum {
  // How long it waits for anything to happen, so that `stop` and `ask` are heard when nothing does.
  WAKE_MS = 10,
  // Turns of a loop that a peer who never stops could keep going.
  MOST_TURNS = 65536,
};
// How long a member that leaves serves the connections that it has, if their peers do not close them before.
#define DRAIN_NS UINT64_C(1500000000)

static uint64_t stop_of(const tcp_member_t *m) { return __atomic_load_n(&m->counters->stop, __ATOMIC_ACQUIRE); }
static bool stopped(const tcp_member_t *m) { return stop_of(m) != 0; }

int tcp_member_listen(tcp_member_t *m, bool on) {
  // Where members share a listener, not all of them wake for a connection.
  struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = NULL};
  if (on == m->listening) return 0;
  if (epoll_ctl(m->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, m->fd, &event)) return -errno;
  m->listening = on;
  return 0;
}

// Looks how many connections wait. What it accepts in a row would be more: some come meanwhile.
static void look_at_queue(tcp_member_t *m) {
  member_counters_t *c = m->counters;
  struct tcp_info queue;
  socklen_t length = sizeof queue;
  // Of a listener these two say how many connections wait in its accept queue, and how many may.
  if (getsockopt(m->fd, IPPROTO_TCP, TCP_INFO, &queue, &length) == 0 && queue.tcpi_state == TCP_LISTEN) {
    publish(c->accept_queue, queue.tcpi_unacked);
    publish(c->accept_queue_limit, queue.tcpi_sacked);
    if (queue.tcpi_unacked > c->accept_queue_most) publish(c->accept_queue_most, queue.tcpi_unacked);
  }
}

static void publish_listener(tcp_member_t *m) {
  member_counters_t *c = m->counters;
  look_at_queue(m);
  uint32_t info[SK_MEMINFO_VARS] = {0};
  socklen_t length = sizeof info;
  if (getsockopt(m->fd, SOL_SOCKET, SO_MEMINFO, info, &length) == 0) {
    publish(c->drops, info[SK_MEMINFO_DROPS]);
    publish(c->receive_buffer, info[SK_MEMINFO_RCVBUF]);
  }
}

static void publish_cpu(tcp_member_t *m) {
  // Another process may speak for a member that cannot: its time is not the member's.
  if (m->counters->thread_id == (uint64_t)syscall(SYS_gettid))
    publish(m->counters->cpu_ns, clock_ns(CLOCK_THREAD_CPUTIME_ID));
}

static void publish_all(tcp_member_t *m) {
  publish_listener(m);
  publish_cpu(m);
}

// Accepts what waits, a batch at most. Returns how many it took, −errno where it cannot accept at all.
static int accept_waiting(tcp_member_t *m) {
  int taken = 0;
  look_at_queue(m);
  for (int turns = 0; turns < MEMBER_BATCH; turns++) {
    int fd = accept4(m->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      add(m->counters->accepted, 1);
      taken++;
      tcp_connection_take_in(m, fd);
      continue;
    }
    switch (errno) {
      case ECONNABORTED:
      case EINTR:
        continue;
      case EAGAIN:
        return taken;
      case EINVAL: {
        // It does not listen yet: a newcomer serves before its socket is in the group.
        struct timespec soon = {.tv_nsec = 1000000};
        nanosleep(&soon, NULL);
        return taken;
      }
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        // Until one of its connections has ended.
        publish(m->counters->last_errno, (uint64_t)errno);
        tcp_member_listen(m, false);
        return taken;
      default:
        publish(m->counters->last_errno, (uint64_t)errno);
        return -errno;
    }
  }
  return taken;
}

// Waits for what happens, for a bounded time, and serves it. Returns how much that was, or −errno.
static int serve_ready(tcp_member_t *m, int wait_ms) {
  struct epoll_event events[MEMBER_BATCH];
  int got = epoll_wait(m->epoll, events, MEMBER_BATCH, wait_ms);
  if (got < 0) return errno == EINTR ? 1 : -errno;
  for (int i = 0; i < got; i++) {
    connection_t *c = events[i].data.ptr;
    if (!c) {
      int status = accept_waiting(m);
      if (status < 0) return status;
    } else if (c->owed) {
      tcp_connection_give_owed(m, c);
    } else {
      tcp_connection_serve(m, c);
    }
  }
  return got;
}

// What is in hand when the run is over, or waits in connections and in the accept queue: nobody waits for an answer any more.
static int count_left(tcp_member_t *m) {
  publish_all(m);
  for (connection_t *c = m->connections; c; c = c->next) tcp_connection_count_left(m, c);
  connection_t *queued = malloc(sizeof *queued + m->most_payload);
  if (!queued) return -ENOMEM;
  for (int turns = 0; turns < MOST_TURNS; turns++) {
    int fd = accept4(m->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0) break;
    *queued = (connection_t){.fd = fd};
    tcp_connection_count_left(m, queued);
    close(fd);
  }
  free(queued);
  return 0;
}

static int leave(tcp_member_t *m, bool drain) {
  // What comes between the last look and the close dies with the listener, and so the two are as near as can be.
  if (drain)
    for (int turns = 0; turns < MOST_TURNS && accept_waiting(m) > 0;) turns++;
  publish_all(m);
  tcp_member_listen(m, false);
  close(m->fd);
  uint64_t gone = clock_ns(CLOCK_MONOTONIC);
  publish(m->counters->gone_ns, gone - m->epoch_ns);
  // Connections: what they have sent by now is answered; to drain is to wait for their peers to close them.
  for (int turns = 0; m->connections; turns++) {
    int got = serve_ready(m, drain ? WAKE_MS : 0);
    if (got < 0) return got;
    if (drain ? clock_ns(CLOCK_MONOTONIC) - gone > DRAIN_NS : got == 0 || turns == MOST_TURNS) break;
  }
  publish_cpu(m);
  return 0;
}

// Goes by the run that the parent told of last; connections are of one run.
static void hear_run(tcp_member_t *m) {
  member_counters_t *c = m->counters;
  while (m->connections) tcp_connection_set_aside(m, m->connections);
  m->run = __atomic_load_n(&c->run, __ATOMIC_ACQUIRE);
  if (tcp_run_goes_on(m)) {
    m->run_id = c->run_id;
    m->payload = c->run_payload < m->most_payload ? (size_t)c->run_payload : m->most_payload;
  }
  __atomic_store_n(&c->run_heard, m->run, __ATOMIC_RELEASE);
}

int tcp_member_open(tcp_member_t *m) {
  int flags = fcntl(m->fd, F_GETFL);
  if (flags < 0 || fcntl(m->fd, F_SETFL, flags | O_NONBLOCK)) return -errno;
  m->data = malloc(MEMBER_BATCH * m->most_payload);
  if (!m->data) return -ENOMEM;
  m->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (m->epoll < 0) return -errno;
  hear_run(m);
  return tcp_member_listen(m, true);
}

void tcp_member_close(tcp_member_t *m) {
  tcp_connections_close(m);
  if (m->epoll >= 0) close(m->epoll);
  m->epoll = -1;
  free(m->data);
  m->data = NULL;
}

int tcp_member_step(tcp_member_t *m, uint64_t max_ns) {
  member_counters_t *c = m->counters;
  uint64_t started = clock_ns(CLOCK_MONOTONIC);
  if (c->state == MEMBER_STARTING) {
    publish(c->thread_id, (uint64_t)syscall(SYS_gettid));
    __atomic_store_n(&c->state, MEMBER_SERVING, __ATOMIC_RELEASE);
  }
  while (!stopped(m) && clock_ns(CLOCK_MONOTONIC) - started < max_ns) {
    if (__atomic_load_n(&c->run, __ATOMIC_RELAXED) != m->run) hear_run(m);
    int got = serve_ready(m, WAKE_MS);
    if (got < 0) return got;
    if (got == 0) add(c->emptied, 1);
    uint64_t ask = __atomic_load_n(&c->ask, __ATOMIC_ACQUIRE);
    if (ask != c->answered) {
      publish_all(m);
      __atomic_store_n(&c->answered, ask, __ATOMIC_RELEASE);
    }
  }
  int status;
  switch (stop_of(m)) {
    case MEMBER_END:
      status = count_left(m);
      break;
    case MEMBER_CLOSE:
      status = leave(m, false);
      break;
    case MEMBER_DRAIN:
      status = leave(m, true);
      break;
    default:
      publish_all(m);
      return 1;
  }
  if (status) return status;
  // Those that are still open close with it.
  tcp_member_close(m);
  __atomic_store_n(&c->state, MEMBER_STOPPED, __ATOMIC_RELEASE);
  return 0;
}
