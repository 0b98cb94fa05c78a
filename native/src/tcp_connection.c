#include "tcp_connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"

// Turns of a loop that a peer who never stops could keep going.
enum { MOST_TURNS = 65536 };

static uint64_t stop_of(const tcp_member_t *m) { return __atomic_load_n(&m->counters->stop, __ATOMIC_ACQUIRE); }

static void drop_connection(tcp_member_t *m, connection_t *c) {
  if (c->previous) c->previous->next = c->next;
  else m->connections = c->next;
  if (c->next) c->next->previous = c->previous;
  // Counted before the peer can know.
  add(m->counters->open, -UINT64_C(1));
  close(c->fd);
  free(c->replies);
  free(c);
}

void tcp_connection_take_in(tcp_member_t *m, int fd) {
  connection_t *c = malloc(sizeof *c + m->most_payload);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (!c || epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &event)) {
    publish(m->counters->last_errno, (uint64_t)errno);
    free(c);
    close(fd);
    return;
  }
  *c = (connection_t){.fd = fd, .next = m->connections};
  if (c->next) c->next->previous = c;
  m->connections = c;
  add(m->counters->open, 1);
}

static void end(tcp_member_t *m, connection_t *c) {
  drop_connection(m, c);
  // There is a descriptor again, if there was none.
  if (!stop_of(m)) tcp_member_listen(m, true);
}

static void end_foreign(tcp_member_t *m, connection_t *c) {
  add(m->counters->strangers, 1);
  end(m, c);
}

static void end_reset(tcp_member_t *m, connection_t *c) {
  add(m->counters->reset, 1);
  end(m, c);
}

// Adds to a count by phase for each whole message of so many bytes.
static void count(const tcp_member_t *m, uint64_t *by_phase, const uint8_t *messages, size_t bytes, uint64_t by) {
  for (size_t at = 0; at + m->payload <= bytes; at += m->payload) {
    uint64_t *word = &by_phase[datagram_phase(messages + at)];
    add(*word, by);
  }
}

// The run ended while it had these in hand: nobody waits for an answer any more.
static void put_back(const tcp_member_t *m, const uint8_t *messages, size_t bytes) {
  count(m, m->counters->taken, messages, bytes, -UINT64_C(1));
  count(m, m->counters->left, messages, bytes, 1);
}

// Hands replies to the kernel. Returns how many bytes it took, −errno where the connection is broken.
static ssize_t give(tcp_member_t *m, connection_t *c, const uint8_t *replies, size_t bytes) {
  for (;;) {
    ssize_t n = send(c->fd, replies, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) return n;
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return 0;
    publish(m->counters->last_errno, (uint64_t)errno);
    return -errno;
  }
}

static void watch_for(tcp_member_t *m, connection_t *c, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(m->epoll, EPOLL_CTL_MOD, c->fd, &event);
}

// Echoes a batch. Returns false where the connection has ended.
static bool echo(tcp_member_t *m, connection_t *c, const uint8_t *replies, size_t bytes) {
  ssize_t given = give(m, c, replies, bytes);
  if (given < 0) {
    count(m, m->counters->echo_errors, replies, bytes, 1);
    end_reset(m, c);
    return false;
  }
  size_t whole = (size_t)given / m->payload * m->payload;
  count(m, m->counters->echoed, replies, whole, 1);
  if ((size_t)given == bytes) return true;
  // The peer reads too slowly: what is left waits, and nothing more is read from it.
  c->replies = malloc(bytes - whole);
  if (!c->replies) {
    count(m, m->counters->echo_errors, replies + whole, bytes - whole, 1);
    end(m, c);
    return false;
  }
  memcpy(c->replies, replies + whole, bytes - whole);
  c->owed = (uint32_t)(bytes - whole);
  c->given = (uint32_t)((size_t)given - whole);
  watch_for(m, c, EPOLLOUT);
  return true;
}

void tcp_connection_give_owed(tcp_member_t *m, connection_t *c) {
  ssize_t given = give(m, c, c->replies + c->given, c->owed - c->given);
  if (given < 0) {
    count(m, m->counters->echo_errors, c->replies, c->owed, 1);
    end_reset(m, c);
    return;
  }
  c->given += (uint32_t)given;
  if (c->given < c->owed) return;
  count(m, m->counters->echoed, c->replies, c->owed, 1);
  free(c->replies);
  c->replies = NULL;
  c->owed = c->given = 0;
  watch_for(m, c, EPOLLIN);
}

static uint32_t saturate(uint64_t ns) { return ns >= QUEUED_UNKNOWN ? QUEUED_UNKNOWN - 1 : (uint32_t)ns; }

// Reads what a connection has, `room` messages at most, behind the beginning of one that it may have sent before. Returns
// the bytes that there are now in `m->data`, 0 where nothing came, −1 where the connection has ended.
static ssize_t read_from(tcp_member_t *m, connection_t *c, size_t room) {
  ssize_t n = recv(c->fd, m->data + c->part, room * m->payload - c->part, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (n < 0) {
    end_reset(m, c);
    return -1;
  }
  if (n == 0) {
    end(m, c);
    return -1;
  }
  memcpy(m->data, c->data, c->part);
  return n + c->part;
}

// Keeps what is behind the last whole message of so many bytes. Returns the bytes of those that are whole.
static size_t keep_part(tcp_member_t *m, connection_t *c, size_t bytes) {
  size_t whole = bytes / m->payload * m->payload;
  c->part = (uint32_t)(bytes - whole);
  memcpy(c->data, m->data + whole, c->part);
  return whole;
}

static bool foreign(const tcp_member_t *m, const connection_t *c, size_t bytes) {
  return !c->known && !datagram_may_begin(m->data, bytes, m->run_id);
}

void tcp_connection_serve(tcp_member_t *m, connection_t *c) {
  if (!tcp_run_goes_on(m)) {
    tcp_connection_set_aside(m, c);
    return;
  }
  bool works = m->service.kind != SERVICE_NONE;
  ssize_t bytes = read_from(m, c, works ? 1 : MEMBER_BATCH);
  if (bytes <= 0) return;
  if (foreign(m, c, (size_t)bytes)) {
    end_foreign(m, c);
    return;
  }
  size_t whole = keep_part(m, c, (size_t)bytes), ours = 0;
  uint64_t now = clock_ns(CLOCK_MONOTONIC);
  for (datagram_t d; ours < whole; ours += m->payload) {
    uint8_t *message = m->data + ours;
    if (!datagram_read_request(message, m->payload, m->payload, m->run_id, NULL, &d)) break;
    datagram_write_reply(message, m->index, m->generation, now - m->epoch_ns, QUEUED_UNKNOWN);
    add(m->counters->taken[d.phase], 1);
    c->known = true;
  }
  if (ours > 0) {
    if (works) service_spend(&m->service, now, &m->counters->stop);
    if (stop_of(m) == MEMBER_END) {
      put_back(m, m->data, ours);
      return;
    }
    uint64_t took = clock_ns(CLOCK_MONOTONIC) - now;
    add(m->counters->served_ns, took);
    for (size_t at = 0; at < ours; at += m->payload) datagram_write_served(m->data + at, saturate(took));
    if (!echo(m, c, m->data, ours)) return;
  }
  if (ours < whole) end_foreign(m, c);
}

void tcp_connection_count_left(tcp_member_t *m, connection_t *c) {
  // Before the first run nothing is one of its requests.
  if (m->payload == 0) return;
  put_back(m, c->replies, c->owed);
  for (int turns = 0; turns < MOST_TURNS; turns++) {
    ssize_t n = recv(c->fd, m->data + c->part, MEMBER_BATCH * m->payload - c->part, MSG_DONTWAIT);
    if (n <= 0) return;
    memcpy(m->data, c->data, c->part);
    size_t bytes = (size_t)n + c->part;
    if (foreign(m, c, bytes)) return;
    count(m, m->counters->left, m->data, keep_part(m, c, bytes), 1);
    c->known = true;
  }
}

void tcp_connection_set_aside(tcp_member_t *m, connection_t *c) {
  tcp_connection_count_left(m, c);
  end(m, c);
}

void tcp_connections_close(tcp_member_t *m) {
  for (connection_t *c = m->connections, *next; c; c = next) {
    next = c->next;
    close(c->fd);
    free(c->replies);
    free(c);
  }
  m->connections = NULL;
}
