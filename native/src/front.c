#include "front.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "clock.h"
#include "send_batch.h"

enum { NONE = -1 };

static bool run_over(const front_t *f) { return (f->run & 1) == 0; }

// As a member does.
static void hear_run(front_t *f) {
  member_counters_t *c = f->counters;
  f->run = __atomic_load_n(&c->run, __ATOMIC_ACQUIRE);
  if (!run_over(f)) {
    f->run_id = c->run_id;
    f->payload = c->run_payload < f->most_payload ? (size_t)c->run_payload : f->most_payload;
    size_t room = f->payload + 1;
    for (int i = 0; i < FRONT_BATCH; i++)
      f->vectors[i][1] = (struct iovec){.iov_base = f->data + (size_t)i * room, .iov_len = room};
  }
  __atomic_store_n(&c->run_heard, f->run, __ATOMIC_RELEASE);
}

int front_open(front_t *f) {
  f->data = malloc(FRONT_BATCH * (f->most_payload + 1));
  f->first = malloc(f->members * sizeof *f->first);
  f->last = malloc(f->members * sizeof *f->last);
  if (!f->data || !f->first || !f->last) return -ENOMEM;
  for (uint32_t i = 0; i < f->members; i++) f->first[i] = NONE;
  for (int i = 0; i < FRONT_BATCH; i++) {
    f->vectors[i][0] = (struct iovec){.iov_base = &f->handovers[i], .iov_len = sizeof f->handovers[i]};
    f->vectors[i][1] = (struct iovec){.iov_base = f->data + i, .iov_len = 1};
    f->in[i].msg_hdr = (struct msghdr){.msg_name = &f->handovers[i].peer,
                                       .msg_control = f->handovers[i].control,
                                       .msg_iov = &f->vectors[i][1],
                                       .msg_iovlen = 1};
  }
  hear_run(f);
  // As a member's: `stop` and `ask` are heard on an idle socket.
  struct timeval wake = {.tv_usec = 10000};
  if (setsockopt(f->fd, SOL_SOCKET, SO_RCVTIMEO, &wake, sizeof wake)) return -errno;
  return 0;
}

void front_close(front_t *f) {
  free(f->data);
  free(f->first);
  free(f->last);
  free(f->member_fds);
}

// The finalizer of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom number generators,
// OOPSLA 2014): every bit of the input moves about half of the output's.
static uint64_t mix(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

uint32_t front_member_of(const struct sockaddr *source, uint64_t salt, uint32_t members) {
  uint64_t hash;
  if (source->sa_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)source;
    uint64_t half[2];
    memcpy(half, &v6->sin6_addr, sizeof half);
    hash = mix(mix(mix(salt ^ half[0]) ^ half[1]) ^ v6->sin6_port);
  } else {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)source;
    hash = mix(salt ^ ((uint64_t)v4->sin_addr.s_addr << 16 | v4->sin_port));
  }
  // As the kernel scales a hash to the number of sockets (reciprocal_scale).
  return (uint32_t)((hash >> 32) * members >> 32);
}

static void publish_sockets(front_t *f) {
  uint32_t info[SK_MEMINFO_VARS] = {0};
  socklen_t length = sizeof info;
  if (getsockopt(f->fd, SOL_SOCKET, SO_MEMINFO, info, &length) == 0) {
    publish(f->counters->drops, info[SK_MEMINFO_DROPS]);
    publish(f->counters->queued_bytes, info[SK_MEMINFO_RMEM_ALLOC]);
    publish(f->counters->receive_buffer, info[SK_MEMINFO_RCVBUF]);
  }
  for (uint32_t i = 0; i < f->members; i++) {
    length = sizeof info;
    if (getsockopt(f->member_fds[i], SOL_SOCKET, SO_MEMINFO, info, &length)) continue;
    // What is queued in a Unix datagram socket is charged to the end that sent it.
    publish(f->member_counters[i].queued_bytes, info[SK_MEMINFO_WMEM_ALLOC]);
    publish(f->member_counters[i].receive_buffer, info[SK_MEMINFO_SNDBUF]);
  }
  publish(f->counters->cpu_ns, clock_ns(CLOCK_THREAD_CPUTIME_ID));
}

// recvmmsg() overwrites the lengths of the entries that it used; handing on shortens the datagram's vector.
static void ready_batch(front_t *f, int used) {
  for (int i = 0; i < used; i++) {
    f->vectors[i][1].iov_len = f->payload + 1;
    f->in[i].msg_hdr.msg_namelen = sizeof f->handovers[i].peer;
    f->in[i].msg_hdr.msg_controllen = CONTROL_BYTES;
  }
}

static bool read_request(const front_t *f, int at, datagram_t *d) {
  return datagram_read_request(f->vectors[at][1].iov_base, f->in[at].msg_len, f->payload, f->run_id,
                               f->in[at].msg_hdr.msg_name, d);
}

// Hands the datagrams in the first `count` entries of `out` to a member. A full queue costs the datagram, never the
// front's time: another member's datagrams stand behind it.
static void hand_on(front_t *f, uint32_t member, int count) {
  for (int done = 0; done < count;) {
    int n = send_batch(f->member_fds[member], f->out + done, count - done, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR) continue;
      // The first of the rest was refused; there may be room for the next by now.
      if (errno != EAGAIN) publish(f->counters->last_errno, (uint64_t)errno);
      add(f->member_counters[member].drops, 1);
      add(f->counters->echo_errors[f->phases[done]], 1);
      done++;
      continue;
    }
    for (int i = done; i < done + n; i++) add(f->counters->echoed[f->phases[i]], 1);
    done += n;
  }
}

static bool stopped(const front_t *f) { return __atomic_load_n(&f->counters->stop, __ATOMIC_ACQUIRE) != 0; }

// As a member's: the run ended while it had these in hand.
static void put_back(front_t *f, int count) {
  for (int i = 0; i < count; i++) {
    add(f->counters->taken[f->phases[i]], -UINT64_C(1));
    add(f->counters->left[f->phases[i]], 1);
  }
}

// Sorts a batch by member and hands it on, a member at a time.
static void distribute(front_t *f, int got) {
  uint32_t touched[FRONT_BATCH];
  uint8_t phases[FRONT_BATCH];
  int members = 0;
  for (int i = 0; i < got; i++) {
    struct msghdr *h = &f->in[i].msg_hdr;
    datagram_t d;
    if (!read_request(f, i, &d)) {
      add(f->counters->strangers, 1);
      continue;
    }
    add(f->counters->taken[d.phase], 1);
    phases[i] = d.phase;
    f->handovers[i].peer_length = h->msg_namelen;
    f->handovers[i].control_length = (uint32_t)h->msg_controllen;
    f->vectors[i][1].iov_len = f->in[i].msg_len;
    uint32_t member = front_member_of((const struct sockaddr *)&f->handovers[i].peer, f->run_id, f->members);
    if (f->first[member] == NONE) {
      touched[members++] = member;
      f->first[member] = i;
    } else {
      f->next[f->last[member]] = i;
    }
    f->last[member] = i;
    f->next[i] = NONE;
  }
  for (int m = 0; m < members; m++) {
    int count = 0;
    for (int i = f->first[touched[m]]; i != NONE; i = f->next[i]) {
      f->phases[count] = phases[i];
      f->out[count++].msg_hdr = (struct msghdr){.msg_iov = f->vectors[i], .msg_iovlen = 2};
    }
    f->first[touched[m]] = NONE;
    if (stopped(f))
      put_back(f, count);
    else
      hand_on(f, touched[m], count);
  }
}

// As a member's: what nobody waits for an answer of.
static void set_aside(front_t *f, int got) {
  for (int i = 0; i < got; i++) {
    datagram_t d;
    if (read_request(f, i, &d)) add(f->counters->left[d.phase], 1);
    else add(f->counters->strangers, 1);
  }
}

// As a member's: what still waits when it stops would vanish with the socket, uncounted.
static void count_left(front_t *f) {
  for (int turns = 0; turns < 65536; turns++) {
    ready_batch(f, FRONT_BATCH);
    int got = recvmmsg(f->fd, f->in, FRONT_BATCH, MSG_DONTWAIT, NULL);
    if (got <= 0) return;
    set_aside(f, got);
  }
}

int front_step(front_t *f, uint64_t max_ns) {
  member_counters_t *c = f->counters;
  uint64_t started = clock_ns(CLOCK_MONOTONIC), now = started;
  int used = FRONT_BATCH;
  if (c->state == MEMBER_STARTING) {
    if (recvmmsg(f->fd, NULL, 0, MSG_DONTWAIT, NULL) < 0) return -errno;
    publish(c->state, MEMBER_SERVING);
  }
  while (!stopped(f) && now - started < max_ns) {
    uint64_t ask = __atomic_load_n(&c->ask, __ATOMIC_ACQUIRE);
    if (__atomic_load_n(&c->run, __ATOMIC_RELAXED) != f->run) hear_run(f);
    ready_batch(f, used);
    int got = recvmmsg(f->fd, f->in, FRONT_BATCH, MSG_WAITFORONE, NULL);
    if (got < 0 && errno != EAGAIN && errno != EINTR) {
      publish(c->last_errno, (uint64_t)errno);
      return -errno;
    }
    used = got > 0 ? got : 0;
    now = clock_ns(CLOCK_MONOTONIC);
    if (got > 0 && run_over(f))
      set_aside(f, got);
    else if (got > 0)
      distribute(f, got);
    if (got < FRONT_BATCH) add(c->emptied, 1);
    if (ask != c->answered) {
      publish_sockets(f);
      __atomic_store_n(&c->answered, ask, __ATOMIC_RELEASE);
    }
  }
  bool stopping = stopped(f);
  if (stopping) count_left(f);
  publish_sockets(f);
  if (stopping) __atomic_store_n(&c->state, MEMBER_STOPPED, __ATOMIC_RELEASE);
  return stopping ? 0 : 1;
}
