// io_uring: requests are handed over a batch at a time, and each flow has one receive that stays, so that a round trip
// needs no system call of its own. Where a system call is dear, that is most of what a round trip costs a client.
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "engine.h"
#include "uring.h"

enum {
  // A batch of requests, or of receives that are set up.
  SUBMISSIONS = ENGINE_BATCH,
  // The kernel lets about 40 completions come about a call; older ones all that are due, and then keep what does not fit.
  COMPLETIONS = 4096,
  // Small enough to stay in the cache. Where there is none left, a receive ends and is set up again.
  BUFFERS = 1024,
  MOST_BUFFER_BYTES = 1 << 23,
  // How often entries are handed over again that the kernel did not take, for want of memory.
  TRIES = 100,
  // How often nothing comes of a look at a ring that has something to end.
  IDLE_LOOKS = 3,
};

// What a completion belongs to: a receive of a slot, or a request that failed, for those that do not are not told.
#define REQUEST (1ull << 63)
static uint64_t request_tag(int at, int slot) { return REQUEST | (uint64_t)at << 32 | (uint32_t)slot; }

typedef struct {
  uring_t ring;
  uint8_t *requests;  // one a submission entry: the kernel reads it when the entry is submitted
  uint64_t sequence[ENGINE_BATCH];  // of the batch's requests
  uint32_t looked;    // completions, not yet taken, that were looked at for requests that failed
  int receives;       // that the kernel holds
} state_t;

static uint32_t buffers_for(size_t bytes) {
  uint32_t count = BUFFERS;
  while (count > ENGINE_BATCH && count * bytes > MOST_BUFFER_BYTES) count /= 2;
  return count;
}

static int create(engine_t *e) {
  state_t *s = calloc(1, sizeof *s);
  if (!s) return -ENOMEM;
  e->state = s;
  size_t bytes = (e->payload + 1 + 7) & ~(size_t)7;
  uring_options_t options = {.files = (uint32_t)e->capacity,
                             .submissions = SUBMISSIONS,
                             .completions = COMPLETIONS,
                             .buffers = buffers_for(bytes),
                             .buffer_bytes = bytes};
  s->requests = calloc(SUBMISSIONS, e->payload);
  int status = uring_open(&s->ring, &options);
  return status < 0 ? status : s->requests ? 0 : -ENOMEM;
}

static void destroy(engine_t *e) {
  state_t *s = e->state;
  if (s->ring.rings) uring_close(&s->ring);
  free(s->requests);
  free(s);
}

// An entry to fill; makes room where there is none.
static uring_sqe_t *next_entry(state_t *s, uint32_t *index) {
  uring_sqe_t *entry;
  for (int tries = 0; !(entry = uring_next(&s->ring, index)) && tries < TRIES; tries++) uring_enter(&s->ring, -1);
  return entry;
}

static int receive_from(state_t *s, uint32_t slot) {
  uint32_t index;
  uring_sqe_t *entry = next_entry(s, &index);
  if (!entry) return -EBUSY;
  entry->opcode = URING_RECV;
  entry->flags = URING_FIXED_FILE | URING_SELECT_BUFFER;
  entry->priority = URING_MULTISHOT | URING_POLL_FIRST;
  entry->file = (int32_t)slot;
  entry->user_data = slot;
  s->receives++;
  return 0;
}

static int watch(engine_t *e, int slot) {
  state_t *s = e->state;
  int status = uring_set_file(&s->ring, (uint32_t)slot, e->slots[slot].socket);
  if (status == 0 && (status = receive_from(s, (uint32_t)slot)) < 0) uring_set_file(&s->ring, (uint32_t)slot, -1);
  return status;
}

// Takes what completes until the kernel holds at most `left` receives, or nothing more comes about.
static void until_receives(state_t *s, int left) {
  for (int idle = 0; s->receives > left && idle < IDLE_LOOKS; idle++) {
    uring_enter(&s->ring, 0);
    for (uint32_t n = uring_ready(&s->ring); n > 0; n--) {
      idle = -1;
      const uring_cqe_t *c = uring_at(&s->ring, 0);
      if (!(c->user_data & REQUEST) && !(c->flags & URING_MORE)) s->receives--;
      if (c->flags & URING_HAS_BUFFER) uring_return_buffer(&s->ring, (uint16_t)(c->flags >> URING_BUFFER_SHIFT));
      uring_taken(&s->ring, 1);
    }
    uring_buffers_returned(&s->ring);
  }
}

// A socket lives as long as the ring knows it: without this, ports would stay taken after the close. One by one, since
// the kernel cancels "all" by a search of its own for each.
static void forget(engine_t *e) {
  state_t *s = e->state;
  if (!s->ring.rings) return;
  int open = s->receives, cancelled = 0;
  for (int i = 0; i < e->capacity; i++) {
    if (e->slots[i].socket < 0) continue;
    uint32_t index;
    uring_sqe_t *entry = next_entry(s, &index);
    if (!entry) break;
    entry->opcode = URING_CANCEL;
    entry->flags = URING_SKIP_SUCCESS;
    entry->file = -1;
    entry->address = (uint32_t)i;  // by what it is tagged with
    entry->user_data = REQUEST;
    if (++cancelled % SUBMISSIONS == 0) until_receives(s, open - cancelled);
  }
  until_receives(s, 0);
  s->receives = 0;
  s->looked = 0;
  for (int i = 0; i < e->capacity; i++)
    if (e->slots[i].socket >= 0) uring_set_file(&s->ring, (uint32_t)i, -1);
}

// Prepares one request of the batch. All of a batch have the time at which it is handed over.
static void prepare(engine_t *e, int slot, uint64_t sequence, uint8_t phase, double now, int at) {
  state_t *s = e->state;
  uint32_t index;
  uring_sqe_t *entry = slot < 0 || slot >= e->capacity ? NULL : next_entry(s, &index);
  if (!entry) {
    e->exchange->send_ns[at] = -EINVAL;
    return;
  }
  uint8_t *request = s->requests + index * e->payload;
  engine_write_request(e, request, slot, sequence, phase, (uint64_t)now);
  entry->opcode = URING_SEND;
  entry->flags = URING_FIXED_FILE | URING_SKIP_SUCCESS;
  entry->file = slot;
  entry->address = (uint64_t)(uintptr_t)request;
  entry->length = (uint32_t)e->payload;
  // It is done, or has failed, when the entry was submitted: the buffer is free again then.
  entry->message_flags = MSG_DONTWAIT;
  entry->user_data = request_tag(at, slot);
  s->sequence[at] = sequence;
  e->exchange->send_ns[at] = now;
}

// Hands the batch over, and lets completions come about as well: the call is made anyway.
static void hand_over(engine_t *e, uint8_t phase) {
  state_t *s = e->state;
  exchange_t *x = e->exchange;
  for (int tries = 0; s->ring.sq_pending > 0 && tries < TRIES; tries++) uring_enter(&s->ring, 0);
  for (uint32_t ready = uring_ready(&s->ring); s->looked < ready; s->looked++) {
    uring_cqe_t *c = uring_at(&s->ring, s->looked);
    if (!(c->user_data & REQUEST)) continue;
    int at = (int)(c->user_data >> 32 & 0xffff), slot = (int)(uint32_t)c->user_data, status = c->result;
    if (status == -ECONNREFUSED) {
      // What an earlier datagram of this flow met is reported here: send this one by itself.
      x->counters[REFUSED]++;
      engine_write_request(e, s->requests, slot, s->sequence[at], phase, (uint64_t)x->send_ns[at]);
      status = engine_send_plain(e, slot, s->requests);
    }
    if (status < 0) x->send_ns[at] = status;
  }
}

static void send_all(engine_t *e, int count, uint8_t phase) {
  exchange_t *x = e->exchange;
  double now = engine_now(e);
  for (int i = 0; i < count; i++) prepare(e, x->send_flow[i], (uint64_t)x->send_sequence[i], phase, now, i);
  hand_over(e, phase);
}

// Takes one completion. True: an event was written at `at`.
static bool take(engine_t *e, const uring_cqe_t *c, int at, double now) {
  state_t *s = e->state;
  if (c->user_data & REQUEST) return false;
  uint32_t slot = (uint32_t)c->user_data;
  bool event = false;
  // An empty datagram may come without a buffer.
  if (c->result >= 0) event = engine_note_reply(e, uring_buffer(&s->ring, c), (size_t)c->result, slot, at, now);
  else if (c->result != -ENOBUFS) engine_note_failure(e, -c->result);
  if (c->flags & URING_HAS_BUFFER) uring_return_buffer(&s->ring, (uint16_t)(c->flags >> URING_BUFFER_SHIFT));
  if (!(c->flags & URING_MORE)) {
    s->receives--;
    receive_from(s, slot);
  }
  return event;
}

static int receive(engine_t *e, int64_t timeout_ns, const again_t *again) {
  state_t *s = e->state;
  if (uring_ready(&s->ring) == 0) {
    int status = uring_enter(&s->ring, timeout_ns > 0 ? timeout_ns : 0);
    if (status < 0) return status;
  }
  uint32_t ready = uring_ready(&s->ring), done = 0;
  int events = 0;
  // The datagrams are with us since the kernel put the completions there, not one after another from now on.
  double now = engine_now(e);
  for (; done < ready && events < ENGINE_BATCH; done++) {
    if (!take(e, uring_at(&s->ring, done), events, now)) continue;
    if (again)
      prepare(e, e->exchange->flow[events], again->sequence + (uint64_t)events, again->phase, now, events);
    events++;
  }
  uring_taken(&s->ring, done);
  s->looked = s->looked > done ? s->looked - done : 0;
  uring_buffers_returned(&s->ring);
  if (s->ring.sq_pending > 0) hand_over(e, again ? again->phase : 0);
  return events;
}

// Every flow has a receive that stays: what waits at a socket is a completion that did not come about yet.
static int sweep(engine_t *e) {
  int events = 0;
  for (int looks = 0; events == 0 && looks < 2; looks++) events = receive(e, 0, NULL);
  return events;
}

const poller_t uring_poller = {
    .create = create, .destroy = destroy, .watch = watch, .forget = forget, .send = send_all, .receive = receive, .sweep = sweep};
