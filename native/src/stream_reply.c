// What is read from a connection, as replies: messages of members of ours, an echo of our messages, or HTTP.
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "http_reply.h"
#include "stream.h"

// The request that a reply answers: the first that waits. NULL, counted, where none was asked.
static const request_t *answered(streams_t *s, uint32_t lane) {
  stream_lane_t *l = &s->lanes[lane];
  if (l->first >= 0 && l->first != l->unwritten) return &s->requests[l->first];
  s->engine->exchange->counters[STRANGERS]++;
  return NULL;
}

// A reply is whole: what is known of it beside what it says.
static void note(streams_t *s, uint32_t lane, const request_t *r, int at) {
  stream_lane_t *l = &s->lanes[lane];
  stream_exchange_t *x = (stream_exchange_t *)s->engine->exchange;
  x->asked_ns[at] = r->asked_ns;
  x->connect_ns[at] = l->connect_ns;
  l->connect_ns = -1;
  l->answered++;
  stream_forget_first(s, lane);
}

// The same of a reply of HTTP, which tells nothing of its request.
static void note_http(streams_t *s, uint32_t lane, const request_t *r, int at, int status) {
  exchange_t *x = s->engine->exchange;
  x->sequence[at] = (double)r->sequence;
  x->sent_ns[at] = (double)r->sent_ns;
  x->arrived_ns[at] = -1;
  x->taken_ns[at] = x->echoed_ns[at] = NAN;
  x->received_ns[at] = engine_now(s->engine);
  x->flow[at] = (int32_t)lane;
  x->member[at] = 0;
  x->generation[at] = 0;
  x->phase[at] = r->phase;
  x->code[at] = status;
  note(s, lane, r, at);
}

// Notes a message. False where it is none that was to come: the stream cannot be read any further.
static bool note_message(streams_t *s, uint32_t lane, const uint8_t *message, int at, double now) {
  engine_t *e = s->engine;
  const request_t *r = answered(s, lane);
  if (!r) return false;
  if (!engine_note_reply(e, message, e->payload, lane, at, now)) return false;
  if ((uint64_t)e->exchange->sequence[at] != r->sequence) {
    e->exchange->counters[STRANGERS]++;
    return false;
  }
  note(s, lane, r, at);
  return true;
}

static int read_messages(streams_t *s, uint32_t lane, size_t n, int at, stream_end_t *end) {
  const uint8_t *data = s->data;
  size_t payload = s->engine->payload;
  stream_lane_t *l = &s->lanes[lane];
  double now = engine_now(s->engine);
  int replies = 0;
  while (n > 0) {
    const uint8_t *message = data;
    size_t some = payload - l->got < n ? payload - l->got : n;
    if (some < payload) {
      if (!l->part && !(l->part = malloc(payload))) break;
      memcpy((uint8_t *)l->part + l->got, data, some);
      message = l->part;
    }
    l->got += (uint32_t)some;
    data += some, n -= some;
    if (l->got < payload) return replies;
    l->got = 0;
    if (!note_message(s, lane, message, at + replies, now)) break;
    replies++;
    if (n == 0) return replies;
  }
  *end = STREAM_BROKEN;
  return replies;
}

// One reply at most: there is one request at a time. What does not fit into one read keeps its place at its flow.
static int read_http(streams_t *s, uint32_t lane, size_t n, int at, stream_end_t *end) {
  stream_lane_t *l = &s->lanes[lane];
  http_reply_t *r = l->got ? l->part : s->http;
  if (!l->got) http_begin(r);
  const request_t *request = answered(s, lane);
  http_verdict_t verdict = HTTP_BROKEN;
  size_t used = request ? http_read(r, s->data, n, &verdict) : 0;
  if (verdict == HTTP_MORE) {
    if (l->got) return 0;
    if (!l->part) l->part = malloc(sizeof *r);
    if (l->part) memcpy(l->part, r, sizeof *r), l->got = 1;
    else *end = STREAM_BROKEN;
    return 0;
  }
  l->got = 0;
  // What comes behind a reply was not asked for.
  if (verdict == HTTP_BROKEN || used < n) *end = STREAM_BROKEN;
  else if (http_last(r)) *end = STREAM_LAST;
  if (verdict == HTTP_BROKEN) {
    if (request) s->engine->exchange->counters[WRONG_REPLIES]++;
    return 0;
  }
  note_http(s, lane, request, at, r->status);
  return 1;
}

int stream_read(streams_t *s, uint32_t lane, size_t n, int at, stream_end_t *end) {
  *end = STREAM_GOES_ON;
  return s->http ? read_http(s, lane, n, at, end) : read_messages(s, lane, n, at, end);
}

int stream_read_end(streams_t *s, uint32_t lane, int at) {
  stream_lane_t *l = &s->lanes[lane];
  if (!s->http || !l->got || !http_ended(l->part)) return 0;
  const request_t *request = answered(s, lane);
  if (!request) return 0;
  l->got = 0;
  note_http(s, lane, request, at, ((http_reply_t *)l->part)->status);
  return 1;
}
