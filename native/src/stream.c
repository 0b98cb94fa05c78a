#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "foreign.h"
#include "http_reply.h"

enum { READ_BYTES = 1 << 16 };

static double *counters(const streams_t *s) { return ((stream_exchange_t *)s->engine->exchange)->connections; }
static uint64_t now_ns(const streams_t *s) { return clock_ns(CLOCK_MONOTONIC) - s->engine->epoch_ns; }

int streams_create(streams_t *s, engine_t *e) {
  size_t n = (size_t)e->capacity;
  s->engine = e;
  s->first_cut = s->last_cut = s->free_request = -1;
  s->data_bytes = e->payload > READ_BYTES ? e->payload : READ_BYTES;
  s->lanes = calloc(n, sizeof *s->lanes);
  s->request = calloc(1, e->payload);
  s->data = malloc(s->data_bytes);
  // A request that is a text is one of HTTP.
  size_t length;
  const uint8_t *text = foreign_message(e, &length);
  if (text) s->http = malloc(sizeof *s->http);
  if (!s->lanes || !s->request || !s->data || (text && !s->http)) return -ENOMEM;
  if (text && length != e->payload) return -EINVAL;
  if (text) memcpy(s->request, text, length);
  for (size_t i = 0; i < n; i++) s->lanes[i].first = s->lanes[i].last = s->lanes[i].unwritten = -1;
  return 0;
}

void streams_destroy(streams_t *s) {
  for (int i = 0; s->lanes && i < s->engine->capacity; i++) free(s->lanes[i].part);
  free(s->lanes);
  free(s->requests);
  free(s->request);
  free(s->data);
  free(s->http);
}

// ---- requests ----

static int more_requests(streams_t *s) {
  int32_t count = s->request_count > 0 ? 2 * s->request_count : 256;
  request_t *requests = realloc(s->requests, (size_t)count * sizeof *requests);
  if (!requests) return -ENOMEM;
  for (int32_t i = s->request_count; i < count; i++) requests[i].next = i + 1 < count ? i + 1 : s->free_request;
  s->free_request = s->request_count;
  s->requests = requests;
  s->request_count = count;
  return 0;
}

static void free_request(streams_t *s, int32_t at) {
  s->requests[at].next = s->free_request;
  s->free_request = at;
}

// Takes the first request off a flow's queue.
static int32_t take_first(streams_t *s, stream_lane_t *l) {
  int32_t at = l->first;
  l->first = s->requests[at].next;
  if (l->first < 0) l->last = -1;
  l->waiting--;
  return at;
}

int stream_ask(streams_t *s, uint32_t lane, uint64_t sequence, uint8_t phase, double now) {
  stream_lane_t *l = &s->lanes[lane];
  if (s->engine->lanes[lane].socket < 0) return -EBADF;
  if (l->waiting >= MOST_WAITING) return -ENOBUFS;
  if (s->free_request < 0 && more_requests(s) < 0) return -ENOMEM;
  int32_t at = s->free_request;
  s->free_request = s->requests[at].next;
  s->requests[at] = (request_t){.sequence = sequence, .asked_ns = now, .next = -1, .lane = lane, .phase = phase};
  if (l->last >= 0) s->requests[l->last].next = at;
  else l->first = at;
  if (l->unwritten < 0) l->unwritten = at;
  l->last = at;
  l->waiting++;
  stream_advance(s, lane);
  return 0;
}

// ---- connections ----

// The socket keeps its address and port, and leaves neither side anything to wait for: who connected is reset.
static void disconnect(streams_t *s, uint32_t lane) {
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  stream_lane_t *l = &s->lanes[lane];
  connect(s->engine->lanes[lane].socket, &none, sizeof none);
  l->state = IDLE;
  l->asked = l->answered = l->written = l->got = 0;
}

// The connection is over before its requests were answered: those that were begun are cut.
static void cut_requests(streams_t *s, stream_lane_t *l) {
  while (l->first >= 0 && (l->first != l->unwritten || l->written > 0)) {
    bool partly = l->first == l->unwritten;
    int32_t at = take_first(s, l);
    if (partly) l->unwritten = s->requests[at].next, l->written = 0;
    s->requests[at].next = -1;
    if (s->last_cut >= 0) s->requests[s->last_cut].next = at;
    else s->first_cut = at;
    s->last_cut = at;
    counters(s)[CUT]++;
  }
}

static void lost(streams_t *s, uint32_t lane, int counter) {
  counters(s)[counter]++;
  cut_requests(s, &s->lanes[lane]);
  disconnect(s, lane);
}

// How a socket ends that an error came of.
static void fail(streams_t *s, uint32_t lane, int error) {
  stream_lane_t *l = &s->lanes[lane];
  if (l->state == CONNECTED) {
    bool reset = error == ECONNRESET || error == EPIPE;
    if (!reset) s->engine->exchange->counters[RECEIVE_ERRORS]++;
    lost(s, lane, RESET);
    stream_advance(s, lane);  // what was not begun goes on the next one
    return;
  }
  if (error == ECONNREFUSED) s->engine->exchange->counters[REFUSED]++;
  counters(s)[error == ECONNREFUSED ? REFUSED_CONNECTIONS : error == ETIMEDOUT ? TIMED_OUT : FAILED]++;
  disconnect(s, lane);
  while (l->first >= 0) {
    counters(s)[UNWRITTEN]++;
    free_request(s, take_first(s, l));
  }
  l->unwritten = -1;
}

// Returns 0, or the error.
static int start_connecting(streams_t *s, uint32_t lane, uint64_t *now) {
  engine_t *e = s->engine;
  stream_lane_t *l = &s->lanes[lane];
  l->connect_began = now_ns(s);
  counters(s)[OPENED]++;
  l->state = CONNECTING;
  int status = connect(e->lanes[lane].socket, (struct sockaddr *)&e->server, e->server_length);
  *now = now_ns(s);
  return status == 0 || errno == EINPROGRESS || errno == EINTR ? 0 : errno;
}

static void connected(streams_t *s, stream_lane_t *l, uint64_t now) {
  l->state = CONNECTED;
  l->connect_ns = (double)(now - l->connect_began);
  counters(s)[ESTABLISHED]++;
}

// Writes one request, or the rest of it. Returns 1: to its end, 0: the socket takes no more for now, or −errno.
static int write_request(streams_t *s, uint32_t lane, uint64_t now) {
  engine_t *e = s->engine;
  stream_lane_t *l = &s->lanes[lane];
  request_t *r = &s->requests[l->unwritten];
  if (l->written == 0) r->sent_ns = now;
  if (!s->http) engine_write_request(e, s->request, (int)lane, r->sequence, r->phase, r->sent_ns);
  ssize_t n;
  do n = send(e->lanes[lane].socket, s->request + l->written, e->payload - l->written, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0) return errno == EAGAIN ? 0 : -errno;
  // Whether it is connected is what the first request tells: with a server on this host it is, by the time connect() returns.
  if (l->state == CONNECTING) connected(s, l, now);
  if (l->written == 0) l->asked++;
  l->written += (uint32_t)n;
  if (l->written < e->payload) return 0;
  l->written = 0;
  l->unwritten = r->next;
  return 1;
}

void stream_advance(streams_t *s, uint32_t lane) {
  stream_lane_t *l = &s->lanes[lane];
  uint32_t most = s->engine->per_connection;
  while (l->unwritten >= 0) {
    uint64_t now;
    if (l->state == IDLE) {
      int error = start_connecting(s, lane, &now);
      if (error) {
        fail(s, lane, error);
        return;
      }
    } else {
      // It waits for the next connection; or for the reply, where there is one request at a time.
      if (l->written == 0 && ((most && l->asked >= most) || (s->http && l->asked > l->answered))) return;
      now = now_ns(s);
    }
    int status = write_request(s, lane, now);
    if (status < 0) fail(s, lane, -status);
    if (status <= 0) return;
  }
}

static void forget_cuts(streams_t *s) {
  while (s->first_cut >= 0) {
    int32_t at = s->first_cut;
    s->first_cut = s->requests[at].next;
    free_request(s, at);
  }
  s->last_cut = -1;
}

static void close_one(streams_t *s, uint32_t lane) {
  stream_lane_t *l = &s->lanes[lane];
  if (l->state == CONNECTED) counters(s)[CLOSED]++;
  while (l->first >= 0) {
    bool begun = l->first != l->unwritten || l->written > 0;
    if (l->first == l->unwritten) l->unwritten = s->requests[l->first].next, l->written = 0;
    counters(s)[begun ? CUT : UNWRITTEN]++;
    free_request(s, take_first(s, l));
  }
  if (l->state != IDLE) disconnect(s, lane);
  l->unwritten = -1;
}

void streams_close(streams_t *s) {
  for (int i = 0; i < s->engine->capacity; i++)
    if (s->engine->lanes[i].socket >= 0) close_one(s, (uint32_t)i);
  forget_cuts(s);
}

// ---- replies ----

void stream_forget_first(streams_t *s, uint32_t lane) { free_request(s, take_first(s, &s->lanes[lane])); }

// The connection is over, and what was not begun on it goes on the next one.
static void end(streams_t *s, uint32_t lane, int counter) {
  lost(s, lane, counter);
  stream_advance(s, lane);
}

int stream_take(streams_t *s, uint32_t lane, int at, int room, bool ended, bool *more) {
  engine_t *e = s->engine;
  stream_lane_t *l = &s->lanes[lane];
  *more = false;
  if (l->state != CONNECTED) return 0;
  size_t most = s->http ? s->data_bytes : (size_t)room * e->payload - l->got;
  if (most > s->data_bytes) most = s->data_bytes;
  ssize_t n = recv(e->lanes[lane].socket, s->data, most, MSG_DONTWAIT);
  if (n < 0) {
    if (errno == EINTR) *more = true;
    else if (errno != EAGAIN) fail(s, lane, errno);
    return 0;
  }
  stream_end_t how = STREAM_LAST;
  int replies = n == 0 ? stream_read_end(s, lane, at) : stream_read(s, lane, (size_t)n, at, &how);
  // A server that says that it will close after the reply, or whose closing ends it, does what was to come.
  if (how == STREAM_LAST) end(s, lane, replies > 0 ? CLOSED : CLOSED_BY_SERVER);
  else if (how == STREAM_BROKEN || (e->per_connection && l->answered >= e->per_connection)) end(s, lane, CLOSED);
  // Less than was asked for: the socket is empty, and has no more than its end to tell.
  else *more = ended || (size_t)n == most;
  // One that waited for the reply.
  if (replies > 0 && s->http) stream_advance(s, lane);
  return replies;
}

void streams_tell_cuts(streams_t *s) {
  stream_exchange_t *x = (stream_exchange_t *)s->engine->exchange;
  int told = 0;
  while (s->first_cut >= 0 && told < ENGINE_BATCH) {
    int32_t at = s->first_cut;
    x->cut_sequence[told] = (double)s->requests[at].sequence;
    x->cut_flow[told++] = (int32_t)s->requests[at].lane;
    s->first_cut = s->requests[at].next;
    if (s->first_cut < 0) s->last_cut = -1;
    free_request(s, at);
  }
  x->cuts = told;
}
