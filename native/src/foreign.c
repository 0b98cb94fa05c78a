#include "foreign.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint64_t sequence, sent_ns;
  int32_t lane;  // −1: nothing was asked here yet
  uint32_t question;
  uint8_t phase;
} asked_t;

struct foreign {
  asked_t *asked;  // by the low bits of the sequence
  uint64_t mask, next;
  uint8_t *messages;
  uint32_t *ends, count, first;  // count 0: our datagrams
};

// The header of a message of DNS: RFC 1035, section 4.1.1.
enum { DNS_HEADER = 12, DNS_IDS = 16, DNS_RESPONSE = 0x80, DNS_TRUNCATED = 2, DNS_RCODE = 15 };
// Exchange code of a reply: its rcode, and this where it was truncated.
enum { CODE_TRUNCATED = 16 };

int foreign_create(engine_t *e, uint32_t remembered, const questions_t *q) {
  foreign_t *f = calloc(1, sizeof *f);
  if (!f) return -ENOMEM;
  e->foreign = f;
  f->mask = remembered - 1;
  f->asked = malloc(remembered * sizeof *f->asked);
  if (!f->asked) return -ENOMEM;
  for (uint32_t i = 0; i < remembered; i++) f->asked[i].lane = -1;
  if (!q) return 0;
  uint32_t bytes = q->ends[q->count - 1];
  f->messages = malloc(bytes);
  f->ends = malloc(q->count * sizeof *f->ends);
  if (!f->messages || !f->ends) return -ENOMEM;
  memcpy(f->messages, q->messages, bytes);
  memcpy(f->ends, q->ends, q->count * sizeof *f->ends);
  f->count = q->count;
  f->first = q->first;
  return 0;
}

void foreign_destroy(engine_t *e) {
  if (!e->foreign) return;
  free(e->foreign->asked);
  free(e->foreign->messages);
  free(e->foreign->ends);
  free(e->foreign);
  e->foreign = NULL;
}

// Where the same flow is asked every 2^16 / n requests, it has another id each time.
static uint16_t spread(uint64_t turn) { return (uint16_t)(turn * 0x9e37); }
static uint16_t id_of(uint64_t sequence) { return (uint16_t)sequence ^ spread(sequence >> DNS_IDS); }

static const uint8_t *message_of(const foreign_t *f, uint32_t question, size_t *length) {
  uint32_t from = question ? f->ends[question - 1] : 0;
  *length = f->ends[question] - from;
  return f->messages + from;
}

const uint8_t *foreign_message(const engine_t *e, size_t *length) {
  return e->foreign && e->foreign->count ? message_of(e->foreign, 0, length) : NULL;
}

size_t foreign_write(engine_t *e, uint8_t *to, int lane, uint64_t sequence, uint8_t phase, uint64_t sent_ns) {
  foreign_t *f = e->foreign;
  asked_t *asked = &f->asked[sequence & f->mask];
  *asked = (asked_t){.sequence = sequence, .sent_ns = sent_ns, .lane = lane, .phase = phase};
  if (sequence >= f->next) f->next = sequence + 1;
  if (!f->count) {
    engine_write_request_from(e, to, lane, e->lanes[lane].source, sequence, phase, sent_ns);
    return e->payload;
  }
  size_t length;
  asked->question = (uint32_t)((f->first + sequence) % f->count);
  const uint8_t *message = message_of(f, asked->question, &length);
  memcpy(to, message, length);
  uint16_t id = id_of(sequence);
  to[0] = (uint8_t)(id >> 8);
  to[1] = (uint8_t)id;
  return length;
}

void foreign_stamp(engine_t *e, uint8_t *request, uint64_t sequence, uint64_t sent_ns) {
  foreign_t *f = e->foreign;
  f->asked[sequence & f->mask].sent_ns = sent_ns;
  if (!f->count) datagram_write_sent(request, sent_ns);
}

// What a lane asked with this number; NULL where it did not, or so long ago that it is forgotten.
static const asked_t *asked_by(const foreign_t *f, uint64_t sequence, uint32_t lane) {
  const asked_t *a = &f->asked[sequence & f->mask];
  return a->lane == (int32_t)lane && a->sequence == sequence ? a : NULL;
}

// The last that a lane asked with this id.
static const asked_t *asked_with(const foreign_t *f, uint16_t id, uint32_t lane) {
  uint64_t newest = f->next >> DNS_IDS, turns = (f->mask >> DNS_IDS) + 1;
  for (uint64_t back = 0; back <= turns && back <= newest; back++) {
    uint64_t turn = newest - back;
    const asked_t *a = asked_by(f, turn << DNS_IDS | (uint16_t)(id ^ spread(turn)), lane);
    if (a) return a;
  }
  return NULL;
}

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }

// Whether a reply repeats the question. Names are the same in either case; a server that could not read it repeats none.
static bool repeats(const foreign_t *f, const asked_t *a, const uint8_t *data, size_t length) {
  size_t asked;
  const uint8_t *message = message_of(f, a->question, &asked);
  if (data[4] == 0 && data[5] == 0) return (data[3] & DNS_RCODE) != 0;
  if (length < asked || data[4] != 0 || data[5] != 1) return false;
  for (size_t i = DNS_HEADER; i < asked; i++)
    if (lower(data[i]) != lower(message[i])) return false;
  return true;
}

static bool is_zero(const uint8_t *data, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (data[i]) return false;
  return true;
}

// Whose reply it is: a request's, which is written to `a`, and MATCHED; else what to count it as.
enum { MATCHED = -1 };
static int match(const engine_t *e, const uint8_t *data, size_t length, uint32_t lane, const asked_t **a) {
  const foreign_t *f = e->foreign;
  if (f->count) {
    if (length < DNS_HEADER || !(data[2] & DNS_RESPONSE)) return STRANGERS;
    *a = asked_with(f, (uint16_t)(data[0] << 8 | data[1]), lane);
    if (!*a) return STRANGERS;
    return repeats(f, *a, data, length) ? MATCHED : WRONG_REPLIES;
  }
  datagram_t d;
  if (!datagram_read_own(data, length, e->payload, e->run_id, e->lanes[lane].source, &d)) return STRANGERS;
  *a = asked_by(f, d.sequence, lane);
  if (!*a) return STRANGERS;
  bool same = d.flow == e->first_flow + lane && d.phase == (*a)->phase && d.sent_ns == (*a)->sent_ns && d.taken_ns == 0 &&
              d.queued_ns == 0 && d.served_ns == 0 && is_zero(data + DATAGRAM_HEADER, length - DATAGRAM_HEADER);
  return same ? MATCHED : WRONG_REPLIES;
}

bool foreign_note_reply(engine_t *e, const uint8_t *data, size_t length, uint32_t lane, int at, double received_ns) {
  exchange_t *x = e->exchange;
  const asked_t *a = NULL;
  int what = match(e, data, length, lane, &a);
  if (what != MATCHED) {
    x->counters[what]++;
    return false;
  }
  x->sequence[at] = (double)a->sequence;
  x->sent_ns[at] = (double)a->sent_ns;
  // Nobody tells when it was read.
  x->arrived_ns[at] = -1;
  x->taken_ns[at] = x->echoed_ns[at] = NAN;
  x->received_ns[at] = received_ns;
  x->flow[at] = (int32_t)lane;
  x->member[at] = 0;
  x->generation[at] = 0;
  x->phase[at] = a->phase;
  x->code[at] = e->foreign->count ? (data[3] & DNS_RCODE) | (data[2] & DNS_TRUNCATED ? CODE_TRUNCATED : 0) : 0;
  return true;
}
