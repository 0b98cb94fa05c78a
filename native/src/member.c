#include "member.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"
#include "send_batch.h"

static bool behind_front(const member_t *m) { return m->reply_fd >= 0; }

static bool run_over(const member_t *m) { return (m->run & 1) == 0; }

// Goes by the run that the parent told of last. Buffers stand close together, however large those of another run may be.
static void hear_run(member_t *m) {
  member_counters_t *c = m->counters;
  m->run = __atomic_load_n(&c->run, __ATOMIC_ACQUIRE);
  if (!run_over(m)) {
    m->run_id = c->run_id;
    m->payload = c->run_payload < m->most_payload ? (size_t)c->run_payload : m->most_payload;
    size_t room = m->payload + 1;
    for (int i = 0; i < MEMBER_BATCH; i++)
      m->vectors[i][1] = (struct iovec){.iov_base = m->data + (size_t)i * room, .iov_len = room};
  }
  __atomic_store_n(&c->run_heard, m->run, __ATOMIC_RELEASE);
}

int member_open(member_t *m) {
  m->data = malloc(MEMBER_BATCH * (m->most_payload + 1));
  if (!m->data) return -ENOMEM;
  for (int i = 0; i < MEMBER_BATCH; i++) {
    m->vectors[i][0] = (struct iovec){.iov_base = &m->handovers[i], .iov_len = sizeof m->handovers[i]};
    // Before the first run nothing is one of its requests.
    m->vectors[i][1] = (struct iovec){.iov_base = m->data + i, .iov_len = 1};
  }
  hear_run(m);
  // recvmmsg() blocks for at most this long, so that `stop` and `ask` are heard on an idle socket.
  struct timeval wake = {.tv_usec = 10000};
  if (setsockopt(m->fd, SOL_SOCKET, SO_RCVTIMEO, &wake, sizeof wake)) return -errno;
  return 0;
}

void member_close(member_t *m) {
  free(m->data);
}

static void publish_socket(member_t *m) {
  uint32_t info[SK_MEMINFO_VARS] = {0};
  socklen_t length = sizeof info;
  // Behind a front, it counts what was dropped and knows what is queued.
  if (!behind_front(m) && getsockopt(m->fd, SOL_SOCKET, SO_MEMINFO, info, &length) == 0) {
    publish(m->counters->drops, info[SK_MEMINFO_DROPS]);
    publish(m->counters->queued_bytes, info[SK_MEMINFO_RMEM_ALLOC]);
    publish(m->counters->receive_buffer, info[SK_MEMINFO_RCVBUF]);
  }
  // Another process may speak for a member that cannot: its time is not the member's.
  if (m->counters->thread_id == (uint64_t)syscall(SYS_gettid))
    publish(m->counters->cpu_ns, clock_ns(CLOCK_THREAD_CPUTIME_ID));
}

// What the kernel attached to a datagram: when it arrived (SO_TIMESTAMPING), and to which of our addresses
// (IP_PKTINFO or IPV6_PKTINFO, only asked for on a wildcard socket). The latter is kept for the reply, so that it
// leaves from the address that was asked: a connected client takes no other.
static uint64_t read_control(struct msghdr *h) {
  uint64_t arrived = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING) {
      stamps_t t;
      memcpy(&t, CMSG_DATA(c), sizeof t);
      arrived = (uint64_t)t.software.tv_sec * 1000000000u + (uint64_t)t.software.tv_nsec;
    }
  }
  return arrived;
}

// By family, how the kernel tells a datagram's destination address; what it tells is taken back as a reply's source
// address. A dual-stack socket has IPv4 addresses in the form of IPv6.
static const struct {
  int level, type;
  size_t bytes, interface_at;
} address_messages[] = {
    {IPPROTO_IP, IP_PKTINFO, sizeof(struct in_pktinfo), offsetof(struct in_pktinfo, ipi_ifindex)},
    {IPPROTO_IPV6, IPV6_PKTINFO, sizeof(struct in6_pktinfo), offsetof(struct in6_pktinfo, ipi6_ifindex)},
};

static void keep_source_address(struct msghdr *in, struct msghdr *out) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(in); c; c = CMSG_NXTHDR(in, c)) {
    for (size_t i = 0; i < sizeof address_messages / sizeof *address_messages; i++) {
      if (c->cmsg_level != address_messages[i].level || c->cmsg_type != address_messages[i].type) continue;
      size_t bytes = address_messages[i].bytes;
      memmove(in->msg_control, c, CMSG_LEN(bytes));
      // Only the source address: an interface index would override routing.
      memset(CMSG_DATA((struct cmsghdr *)in->msg_control) + address_messages[i].interface_at, 0, sizeof(int));
      out->msg_control = in->msg_control;
      out->msg_controllen = CMSG_SPACE(bytes);
      return;
    }
  }
}

static bool read_request(const member_t *m, const struct mmsghdr *in, datagram_t *d) {
  const struct msghdr *h = &in->msg_hdr;
  return datagram_read_request(h->msg_iov->iov_base, in->msg_len, m->payload, m->run_id, h->msg_name, d);
}

static uint32_t saturate(uint64_t ns) { return ns >= QUEUED_UNKNOWN ? QUEUED_UNKNOWN - 1 : (uint32_t)ns; }

// Puts those of `got` datagrams that belong to this run into `out`, as replies. Returns how many.
static int answer(member_t *m, int got, uint64_t now, uint64_t real_minus_monotonic) {
  int answers = 0;
  for (int i = 0; i < got; i++) {
    struct msghdr *h = &m->in[i].msg_hdr;
    uint8_t *data = h->msg_iov->iov_base;
    datagram_t d;
    if (!read_request(m, &m->in[i], &d)) {
      add(m->counters->strangers, 1);
      continue;
    }
    uint64_t arrived = read_control(h);
    uint32_t queued = QUEUED_UNKNOWN;
    if (arrived) {
      arrived -= real_minus_monotonic;
      queued = arrived < now ? saturate(now - arrived) : 0;
    }
    datagram_write_reply(data, m->index, m->generation, now - m->epoch_ns, queued);
    add(m->counters->taken[d.phase], 1);
    m->phases[answers] = d.phase;
    struct mmsghdr *out = &m->out[answers++];
    out->msg_hdr = (struct msghdr){
        .msg_name = h->msg_name, .msg_namelen = h->msg_namelen, .msg_iov = h->msg_iov, .msg_iovlen = 1};
    h->msg_iov->iov_len = m->in[i].msg_len;
    keep_source_address(h, &out->msg_hdr);
  }
  return answers;
}

static uint64_t stop_of(const member_t *m) { return __atomic_load_n(&m->counters->stop, __ATOMIC_ACQUIRE); }
static bool stopped(const member_t *m) { return stop_of(m) != 0; }

static void echo(member_t *m, int answers, uint64_t taken) {
  uint64_t took = clock_ns(CLOCK_MONOTONIC) - taken;
  uint32_t served = saturate(took);
  add(m->counters->served_ns, took);
  for (int i = 0; i < answers; i++) datagram_write_served(m->out[i].msg_hdr.msg_iov->iov_base, served);
  for (int done = 0; done < answers;) {
    int n = send_batch(behind_front(m) ? m->reply_fd : m->fd, m->out + done, answers - done, 0);
    if (n < 0) {
      if (errno == EINTR) continue;
      // The first of the rest was refused: count it, go on with the next.
      publish(m->counters->last_errno, (uint64_t)errno);
      add(m->counters->echo_errors[m->phases[done]], 1);
      done++;
      continue;
    }
    // It may send fewer than asked: the rest goes out in the next turn.
    for (int i = done; i < done + n; i++) add(m->counters->echoed[m->phases[i]], 1);
    done += n;
  }
}

// The run ended while it had these in hand, as when it was made to stand still: nobody waits for an answer any more.
static void put_back(member_t *m, int answers) {
  for (int i = 0; i < answers; i++) {
    add(m->counters->taken[m->phases[i]], -UINT64_C(1));
    add(m->counters->left[m->phases[i]], 1);
  }
}

// recvmmsg() overwrites the lengths of the entries that it used.
static void ready_batch(member_t *m, int used) {
  for (int i = 0; i < used; i++) {
    handover_t *beside = &m->handovers[i];
    m->vectors[i][1].iov_len = m->payload + 1;
    m->in[i].msg_hdr = behind_front(m) ? (struct msghdr){.msg_iov = m->vectors[i], .msg_iovlen = 2}
                                       : (struct msghdr){.msg_name = &beside->peer,
                                                         .msg_namelen = sizeof beside->peer,
                                                         .msg_control = beside->control,
                                                         .msg_controllen = CONTROL_BYTES,
                                                         .msg_iov = &m->vectors[i][1],
                                                         .msg_iovlen = 1};
  }
}

// Takes datagrams off the socket. Those that a front handed on look as if the kernel had told what the front tells.
static int receive(member_t *m, unsigned batch, int flags) {
  int got = recvmmsg(m->fd, m->in, batch, flags, NULL);
  if (!behind_front(m)) return got;
  for (int i = 0; i < got; i++) {
    handover_t *beside = &m->handovers[i];
    struct msghdr *h = &m->in[i].msg_hdr;
    m->in[i].msg_len -= (unsigned)sizeof *beside;
    h->msg_name = &beside->peer;
    h->msg_namelen = beside->peer_length;
    h->msg_control = beside->control;
    h->msg_controllen = beside->control_length;
    h->msg_iov = &m->vectors[i][1];
    h->msg_iovlen = 1;
  }
  return got;
}

// Counts what nobody waits for an answer of.
static void set_aside(member_t *m, int got) {
  for (int i = 0; i < got; i++) {
    datagram_t d;
    if (read_request(m, &m->in[i], &d)) add(m->counters->left[d.phase], 1);
    else add(m->counters->strangers, 1);
  }
}

// What still waits when the member stops would vanish with the socket, uncounted. At most as many as the queue
// can hold, so that a sender who never stops cannot keep us here.
static void count_left(member_t *m) {
  for (int turns = 0; turns < 65536; turns++) {
    ready_batch(m, MEMBER_BATCH);
    int got = receive(m, MEMBER_BATCH, MSG_DONTWAIT);
    if (got <= 0) return;
    set_aside(m, got);
  }
}

// Answers what is queued until there is no more, or with MSG_WAITFORONE until none has come for as long as a receive waits.
// Bounded like count_left().
static void answer_queue(member_t *m, int flags, uint64_t real_minus_monotonic) {
  for (int turns = 0; turns < 65536; turns++) {
    ready_batch(m, MEMBER_BATCH);
    int got = receive(m, MEMBER_BATCH, flags);
    if (got <= 0) return;
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    echo(m, answer(m, got, now, real_minus_monotonic), now);
  }
}

static void publish_gone(member_t *m) { publish(m->counters->gone_ns, clock_ns(CLOCK_MONOTONIC) - m->epoch_ns); }

// What comes between the last look and the close vanishes, and so the two are as near as can be.
static void leave_by_close(member_t *m, uint64_t real_minus_monotonic) {
  publish_socket(m);
  answer_queue(m, MSG_DONTWAIT, real_minus_monotonic);
  close(m->fd);
  publish_gone(m);
}

// A connected socket is in no group, and keeps what it has queued: what was on its way to it when it left is given time to
// come. To itself, from where nothing comes.
static int leave_by_connect(member_t *m, uint64_t real_minus_monotonic) {
  struct sockaddr_storage own;
  socklen_t length = sizeof own;
  if (getsockname(m->fd, (struct sockaddr *)&own, &length) || connect(m->fd, (struct sockaddr *)&own, length)) return -errno;
  publish_gone(m);
  answer_queue(m, MSG_WAITFORONE, real_minus_monotonic);
  publish_socket(m);
  close(m->fd);
  return 0;
}

int member_step(member_t *m, uint64_t max_ns) {
  member_counters_t *c = m->counters;
  uint64_t started = clock_ns(CLOCK_MONOTONIC), now = started;
  unsigned batch = m->service.kind == SERVICE_NONE ? MEMBER_BATCH : 1;
  int used = MEMBER_BATCH;
  uint64_t real_minus_monotonic = clock_ns(CLOCK_REALTIME) - started;
  if (c->state == MEMBER_STARTING) {
    // Whether it may receive at all is known before it says that it serves.
    if (recvmmsg(m->fd, NULL, 0, MSG_DONTWAIT, NULL) < 0) return -errno;
    publish(c->thread_id, (uint64_t)syscall(SYS_gettid));
    __atomic_store_n(&c->state, MEMBER_SERVING, __ATOMIC_RELEASE);
  }
  while (!stopped(m) && now - started < max_ns) {
    if (__atomic_load_n(&c->run, __ATOMIC_RELAXED) != m->run) hear_run(m);
    ready_batch(m, used);
    int got = receive(m, batch, MSG_WAITFORONE);
    if (got < 0 && errno != EAGAIN && errno != EINTR) {
      publish(c->last_errno, (uint64_t)errno);
      return -errno;
    }
    used = got > 0 ? got : 0;
    now = clock_ns(CLOCK_MONOTONIC);
    if (got > 0 && run_over(m)) {
      set_aside(m, got);
    } else if (got > 0) {
      int answers = answer(m, got, now, real_minus_monotonic);
      if (answers > 0 && m->service.kind != SERVICE_NONE) service_spend(&m->service, now, &m->counters->stop);
      if (stop_of(m) == MEMBER_END)
        put_back(m, answers);
      else
        echo(m, answers, now);
    }
    if (got < (int)batch) add(c->emptied, 1);
    // Asked by now, and so not only after another wait: all that was taken is answered, what is queued is told.
    uint64_t ask = __atomic_load_n(&c->ask, __ATOMIC_ACQUIRE);
    if (ask != c->answered) {
      publish_socket(m);
      __atomic_store_n(&c->answered, ask, __ATOMIC_RELEASE);
    }
  }
  switch (stop_of(m)) {
    case MEMBER_END:
      count_left(m);
      publish_socket(m);
      break;
    case MEMBER_CLOSE:
      leave_by_close(m, real_minus_monotonic);
      break;
    case MEMBER_DRAIN: {
      int status = leave_by_connect(m, real_minus_monotonic);
      if (status) return status;
      break;
    }
    default:
      publish_socket(m);
      return 1;
  }
  __atomic_store_n(&c->state, MEMBER_STOPPED, __ATOMIC_RELEASE);
  return 0;
}
