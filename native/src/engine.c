#include "engine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "foreign.h"
#include "tun.h"

int engine_create(engine_t *e) {
  size_t n = (size_t)e->capacity;
  e->lanes = malloc(n * sizeof *e->lanes);
  if (!e->lanes) return -ENOMEM;
  for (size_t i = 0; i < n; i++) e->lanes[i] = (lane_t){.socket = -1};
  return e->poller->create(e);
}

void engine_destroy(engine_t *e) {
  if (e->lanes) engine_close(e);
  if (e->state) e->poller->destroy(e);
  foreign_destroy(e);
  tun_free(e);
  free(e->lanes);
  if (e->computed) flow_sources_close(e->computed);
  free(e->computed);
  e->computed = NULL;
  e->lanes = NULL;
  e->state = NULL;
}

double engine_now(const engine_t *e) { return (double)(clock_ns(CLOCK_MONOTONIC) - e->epoch_ns); }

int engine_open(engine_t *e, int lane, const struct sockaddr *source, socklen_t length) {
  if (e->poller->open) return e->poller->open(e, lane, source, length);
  int fd = socket(source->sa_family, e->poller->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), step = 0, error = 0;
  if (fd < 0) return -errno;
  // bind() takes an IPv6 address of a prefix that is local by its route only on such a socket.
  bool stream = e->poller->type == SOCK_STREAM;
  int on = 1, loopback = LOOPBACK_INDEX, in_network_order = (int)htonl(LOOPBACK_INDEX);
  if (source->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
  // Where the server's address is removed from this host, what is sent to it must not look for another way: over IPv6 only a
  // bound socket does not.
  if (!e->anywhere && source->sa_family == AF_INET6)
    setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &loopback, sizeof loopback);
  else if (!e->anywhere) setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &in_network_order, sizeof in_network_order);
  // What is written goes at once, also behind a request without a reply.
  if (stream) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(fd, source, length)) step = 1, error = errno;
  // Over TCP it connects when it is first asked.
  else if (!stream && connect(fd, (struct sockaddr *)&e->server, e->server_length)) step = 2, error = errno;
  struct sockaddr_storage bound;
  socklen_t bound_length = sizeof bound;
  if (!step && getsockname(fd, (struct sockaddr *)&bound, &bound_length)) step = 1, error = errno;
  e->lanes[lane] = (lane_t){.socket = fd};
  if (!step) e->lanes[lane].source = datagram_source((struct sockaddr *)&bound);
  if (!step && (error = -e->poller->watch(e, lane)) > 0) step = 3;
  if (step) {
    e->lanes[lane].socket = -1;
    close(fd);
    return -(error + 4096 * step);
  }
  return 0;
}

double engine_drops(const engine_t *e) {
  double drops = 0;
  if (e->poller->type == SOCK_STREAM) return 0;  // what is dropped is sent again
  if (e->tun) return tun_drops(e);
  for (int i = 0; i < e->capacity; i++) {
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof info;
    if (e->lanes[i].socket >= 0 && getsockopt(e->lanes[i].socket, SOL_SOCKET, SO_MEMINFO, info, &length) == 0)
      drops += info[SK_MEMINFO_DROPS];
  }
  return drops;
}

void engine_close(engine_t *e) {
  if (e->state) e->poller->forget(e);
  for (int i = 0; i < e->capacity; i++) {
    if (e->lanes[i].socket < 0) continue;
    // close() is not repeated on EINTR: on Linux the descriptor is gone either way.
    close(e->lanes[i].socket);
    e->lanes[i].socket = -1;
  }
}

void engine_disconnect(engine_t *e) {
  if (e->poller->type == SOCK_STREAM) e->poller->forget(e);
}

void engine_send(engine_t *e, int count, uint8_t phase) { e->poller->send(e, count, phase); }

int engine_receive(engine_t *e, int64_t timeout_ns, const again_t *again) {
  int events = e->poller->receive(e, timeout_ns, again);
  e->exchange->now_ns = engine_now(e);
  return events;
}

int engine_sweep(engine_t *e) {
  int events = e->poller->sweep(e);
  e->exchange->now_ns = engine_now(e);
  return events;
}

void engine_write_request_from(const engine_t *e, uint8_t *to, int lane, datagram_source_t source, uint64_t sequence, uint8_t phase,
                               uint64_t sent_ns) {
  datagram_t d = {.kind = DATAGRAM_REQUEST,
                  .phase = phase,
                  .run_id = e->run_id,
                  .flow = e->first_flow + (uint32_t)lane,
                  .sequence = sequence,
                  .sent_ns = sent_ns};
  datagram_write_request(to, &d, source);
}

size_t engine_write_request(engine_t *e, uint8_t *to, int lane, uint64_t sequence, uint8_t phase, uint64_t sent_ns) {
  if (e->foreign) return foreign_write(e, to, lane, sequence, phase, sent_ns);
  engine_write_request_from(e, to, lane, e->lanes[lane].source, sequence, phase, sent_ns);
  return e->payload;
}

void engine_stamp(engine_t *e, uint8_t *request, uint64_t sequence, uint64_t sent_ns) {
  if (e->foreign) foreign_stamp(e, request, sequence, sent_ns);
  else datagram_write_sent(request, sent_ns);
}

bool engine_note_reply(engine_t *e, const uint8_t *data, size_t length, uint32_t lane, int at, double received_ns) {
  if (e->foreign) return foreign_note_reply(e, data, length, lane, at, received_ns);
  exchange_t *x = e->exchange;
  datagram_t d;
  if (!datagram_read_reply(data, length, e->payload, e->run_id, &d) || d.flow != e->first_flow + lane) {
    x->counters[STRANGERS]++;
    return false;
  }
  x->sequence[at] = (double)d.sequence;
  x->taken_ns[at] = (double)d.taken_ns;
  x->arrived_ns[at] = d.queued_ns == QUEUED_UNKNOWN ? -1.0 : (double)d.taken_ns - (double)d.queued_ns;
  // The stamp of a request that went with others in one call may be a few µs late. None is sent after it was there, and
  // members have our clock.
  double there_ns = x->arrived_ns[at] < 0 ? x->taken_ns[at] : x->arrived_ns[at];
  x->sent_ns[at] = (double)d.sent_ns < there_ns ? (double)d.sent_ns : there_ns;
  x->echoed_ns[at] = (double)d.taken_ns + (double)d.served_ns;
  x->received_ns[at] = received_ns;
  x->flow[at] = (int32_t)lane;
  x->member[at] = d.member;
  x->generation[at] = (int32_t)d.generation;
  x->phase[at] = d.phase;
  return true;
}

void engine_note_failure(engine_t *e, int error) {
  if (error == ECONNREFUSED) e->exchange->counters[REFUSED]++;
  else if (error != EAGAIN && error != EINTR) e->exchange->counters[RECEIVE_ERRORS]++;
}

int engine_send_plain(engine_t *e, int lane, const uint8_t *request, size_t length) {
  ssize_t n;
  do n = send(e->lanes[lane].socket, request, length, 0);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == ECONNREFUSED) {
    // What an earlier datagram of this flow met is reported here: clear it and send this one.
    e->exchange->counters[REFUSED]++;
    n = send(e->lanes[lane].socket, request, length, 0);
  }
  return n < 0 ? -errno : 0;
}
