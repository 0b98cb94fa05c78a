// io_uring: requests are handed over a batch at a time, and each flow has one receive that stays, so that a round trip
// needs no system call of its own. Where a system call is dear, that is most of what a round trip costs a client.
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "clock.h"
#include "engine.h"
#include "pktinfo.h"
#include "tun.h"
#include "uring.h"

enum {
  // A batch of requests and one of receives that are set up.
  SUBMISSIONS = 2 * ENGINE_BATCH,
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

// What a completion belongs to: a receive of a lane, or a request that failed, for those that do not are not told.
#define REQUEST (1ull << 63)
#define NO_OFFSET UINT64_MAX  // of a file that has none
static uint64_t request_tag(int at, int lane) { return REQUEST | (uint64_t)at << 32 | (uint32_t)lane; }

// A request that was not handed over yet: its submission entry, and its place in the exchange.
typedef struct {
  uint32_t entry;
  int at;
} prepared_t;

// How long a request takes that is sent within one call with others, as CPU time of this thread: the first of them wake
// members that sleep, the last find all in the cache. Sampled now and then; a median that follows by small steps, so that
// a pause of the machine in a sample moves it no further than any other.
enum { PARTS = 3 };
static const int part_ends[PARTS] = {4, 16, ENGINE_BATCH};
typedef struct {
  double each_ns[PARTS];  // of requests up to that many
  int until_sample;       // hand-overs
} pace_t;
// A sample takes a few system calls of its own.
enum { SAMPLE_EVERY = 16 };
static const double FIRST_GUESS_NS = 1000, STEP = 1.0 / 16;

typedef struct {
  uring_t ring;
  // One a submission entry, and what stands before each: the kernel reads it when the entry is submitted.
  uint8_t *requests;
  size_t request_bytes, request_head;
  pktinfo_message_t *messages;  // where flows share sockets, one a submission entry; NULL where each has its own
  struct msghdr room;  // for what comes with a datagram then
  uint64_t sequence[ENGINE_BATCH];  // of the batch's requests
  prepared_t prepared[ENGINE_BATCH];
  int prepared_count;
  pace_t pace;
  uint32_t looked;    // completions, not yet taken, that were looked at for requests that failed
  int receives;       // that the kernel holds
} state_t;

static uint32_t buffers_for(size_t bytes) {
  uint32_t count = BUFFERS;
  while (count > ENGINE_BATCH && count * bytes > MOST_BUFFER_BYTES) count /= 2;
  return count;
}

// Before the bytes of a datagram stand in its buffer, where flows share sockets, a uring_message_t and what `room` says: the
// sender and what comes with it.
static size_t reply_head(const state_t *s) { return sizeof(uring_message_t) + s->room.msg_namelen + s->room.msg_controllen; }

// The request of a submission entry.
static uint8_t *request_at(const state_t *s, uint32_t entry) { return s->requests + entry * s->request_bytes + s->request_head; }

// Opens the ring, with so many bytes before each request and each reply.
static int open_ring(engine_t *e, size_t request_head, size_t before_reply) {
  state_t *s = e->state;
  size_t bytes = (before_reply + e->reply_bytes + 7) & ~(size_t)7;
  uring_options_t options = {.files = (uint32_t)e->capacity,
                             .submissions = SUBMISSIONS,
                             .completions = COMPLETIONS,
                             .buffers = buffers_for(bytes),
                             .buffer_bytes = bytes};
  s->request_head = request_head;
  s->request_bytes = request_head + e->payload;
  s->requests = calloc(SUBMISSIONS, s->request_bytes);
  for (int part = 0; part < PARTS; part++) s->pace.each_ns[part] = FIRST_GUESS_NS;
  int status = uring_open(&s->ring, &options);
  return status < 0 ? status : s->requests ? 0 : -ENOMEM;
}

static int create(engine_t *e) {
  e->state = calloc(1, sizeof(state_t));
  return e->state ? open_ring(e, 0, 0) : -ENOMEM;
}

static int create_device(engine_t *e) {
  e->state = calloc(1, sizeof(state_t));
  return e->state ? open_ring(e, TUN_HEAD, TUN_HEAD) : -ENOMEM;
}

static int create_shared(engine_t *e) {
  state_t *s = e->state = calloc(1, sizeof *s);
  if (!s) return -ENOMEM;
  s->room = pktinfo_room(e);
  s->messages = calloc(SUBMISSIONS, sizeof *s->messages);
  return s->messages ? open_ring(e, 0, reply_head(s)) : -ENOMEM;
}

static void destroy(engine_t *e) {
  state_t *s = e->state;
  if (s->ring.rings) uring_close(&s->ring);
  free(s->requests);
  free(s->messages);
  free(s);
}

// Hands over the next `count` entries of the submission queue, and nothing else. Returns the CPU time that it took.
static double send_part(engine_t *e, uint32_t count) {
  uring_t *u = &((state_t *)e->state)->ring;
  uint64_t began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  uring_submit(u, count);
  return (double)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - began);
}

// Hands over what was prepared in parts, and learns how long a request of each takes.
static void sample_pace(engine_t *e) {
  state_t *s = e->state;
  // Receives that are set up with them would count as requests.
  if (s->prepared_count < part_ends[0] || s->ring.sq_pending != (uint32_t)s->prepared_count) return;
  if (s->pace.until_sample-- > 0) return;
  s->pace.until_sample = SAMPLE_EVERY - 1;
  for (int part = 0, sent = 0; part < PARTS && sent < s->prepared_count; part++) {
    int end = part_ends[part] < s->prepared_count ? part_ends[part] : s->prepared_count;
    double each = send_part(e, (uint32_t)(end - sent)) / (end - sent), *middle = &s->pace.each_ns[part];
    *middle *= each > *middle ? 1 + STEP : 1 - STEP;
    sent = end;
  }
}

// Hands over what was prepared; waits as by uring_enter(). Requests get their stamp here, next to the call in which they
// are sent one after another: the clock as it stands, and what those before it take by the samples. On the whole it lies
// before the sending, and what is between makes latencies larger.
static int submit(engine_t *e, int64_t wait_ns) {
  state_t *s = e->state;
  double at = s->prepared_count > 0 ? engine_now(e) : 0;
  for (int i = 0, part = 0; i < s->prepared_count; i++) {
    prepared_t p = s->prepared[i];
    if (i == part_ends[part]) part++;
    double stamp = floor(at);
    engine_stamp(e, request_at(s, p.entry), s->sequence[p.at], (uint64_t)stamp);
    e->exchange->send_ns[p.at] = stamp;
    at += s->pace.each_ns[part];
  }
  sample_pace(e);
  s->prepared_count = 0;
  return s->ring.sq_pending > 0 || wait_ns >= 0 ? uring_enter(&s->ring, wait_ns) : 0;
}

// An entry to fill; makes room where there is none.
static uring_sqe_t *next_entry(engine_t *e, uint32_t *index) {
  state_t *s = e->state;
  uring_sqe_t *entry;
  for (int tries = 0; !(entry = uring_next(&s->ring, index)) && tries < TRIES; tries++) submit(e, -1);
  return entry;
}

static int receive_from(engine_t *e, uint32_t lane) {
  state_t *s = e->state;
  uint32_t index;
  uring_sqe_t *entry = next_entry(e, &index);
  if (!entry) return -EBUSY;
  entry->opcode = URING_RECV;
  entry->flags = URING_FIXED_FILE | URING_SELECT_BUFFER;
  entry->priority = URING_MULTISHOT | URING_POLL_FIRST;
  entry->file = (int32_t)lane;
  if (s->messages) {
    entry->opcode = URING_RECV_MESSAGE;
    entry->address = (uint64_t)(uintptr_t)&s->room;
    entry->length = 1;
  } else if (e->tun) {
    entry->opcode = URING_READ_MULTISHOT;
    entry->priority = 0;
    entry->offset = NO_OFFSET;
  }
  entry->user_data = lane;
  s->receives++;
  return 0;
}

static int watch(engine_t *e, int lane) {
  state_t *s = e->state;
  int status = uring_set_file(&s->ring, (uint32_t)lane, e->lanes[lane].socket);
  if (status == 0 && (status = receive_from(e, (uint32_t)lane)) < 0) uring_set_file(&s->ring, (uint32_t)lane, -1);
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
    if (e->lanes[i].socket < 0) continue;
    uint32_t index;
    uring_sqe_t *entry = next_entry(e, &index);
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
    if (e->lanes[i].socket >= 0) uring_set_file(&s->ring, (uint32_t)i, -1);
}

// Prepares one request of the batch.
static void prepare(engine_t *e, int lane, uint64_t sequence, uint8_t phase, int at) {
  state_t *s = e->state;
  uint32_t index;
  bool known = lane >= 0 && lane < (e->computed ? (int)e->flows : e->capacity);
  uring_sqe_t *entry = known ? next_entry(e, &index) : NULL;
  if (!entry) {
    e->exchange->send_ns[at] = known ? -EBUSY : -EINVAL;
    return;
  }
  uint8_t *request = request_at(s, index);
  entry->flags = URING_FIXED_FILE | URING_SKIP_SUCCESS;
  // It is done, or has failed, when the entry was submitted: the buffer is free again then.
  entry->message_flags = MSG_DONTWAIT;
  if (s->messages) {
    pktinfo_message_t *message = &s->messages[index];
    entry->opcode = URING_SEND_MESSAGE;
    entry->file = (int32_t)pktinfo_write(e, message, request, lane, sequence, phase, 0);
    entry->address = (uint64_t)(uintptr_t)&message->header;
    entry->length = 1;
  } else if (e->tun) {
    uint8_t *packet = request - TUN_HEAD;
    tun_write(e, packet, lane, sequence, phase, 0);
    entry->opcode = URING_WRITE;
    entry->offset = NO_OFFSET;
    entry->address = (uint64_t)(uintptr_t)packet;
    entry->length = (uint32_t)s->request_bytes;
    // A device takes a packet, or has no memory for it.
    entry->message_flags = 0;
  } else {
    size_t length = engine_write_request(e, request, lane, sequence, phase, 0);
    entry->opcode = URING_SEND;
    entry->file = lane;
    entry->address = (uint64_t)(uintptr_t)request;
    entry->length = (uint32_t)length;
  }
  entry->user_data = request_tag(at, lane);
  s->sequence[at] = sequence;
  s->prepared[s->prepared_count++] = (prepared_t){.entry = index, .at = at};
}

// Makes requests that the kernel does not take errors, and their entries harmless. Receives wait for the next call.
static void give_up(engine_t *e, int error) {
  uring_t *u = &((state_t *)e->state)->ring;
  for (uint32_t i = 0; i < u->sq_pending; i++) {
    uring_sqe_t *entry = uring_untaken(u, i);
    if (entry->opcode != URING_SEND && entry->opcode != URING_SEND_MESSAGE && entry->opcode != URING_WRITE) continue;
    e->exchange->send_ns[entry->user_data >> 32 & 0xffff] = error;
    *entry = (uring_sqe_t){.opcode = URING_NOP, .flags = URING_SKIP_SUCCESS, .file = -1, .user_data = REQUEST};
  }
}

// Sends a request whose socket told of an earlier one that nobody took it. Returns 0 or −errno.
static int send_alone(engine_t *e, int lane, uint64_t sequence, uint8_t phase, uint64_t sent_ns) {
  state_t *s = e->state;
  if (s->messages) {
    uint32_t socket = pktinfo_write(e, s->messages, s->requests, lane, sequence, phase, sent_ns);
    pktinfo_take_errors(e, socket);
    return pktinfo_send(e, socket, s->messages);
  }
  e->exchange->counters[REFUSED]++;
  size_t length = engine_write_request(e, s->requests, lane, sequence, phase, sent_ns);
  return engine_send_plain(e, lane, s->requests, length);
}

// Hands over the rest of the batch, and lets completions come about as well: the call is made anyway. Then looks for
// requests that failed.
static void hand_over(engine_t *e, uint8_t phase) {
  state_t *s = e->state;
  exchange_t *x = e->exchange;
  int status = 0;
  for (int tries = 0; s->ring.sq_pending > 0 && tries < TRIES; tries++) status = submit(e, 0);
  if (s->ring.sq_pending > 0) give_up(e, status < 0 ? status : -EBUSY);
  for (uint32_t ready = uring_ready(&s->ring); s->looked < ready; s->looked++) {
    uring_cqe_t *c = uring_at(&s->ring, s->looked);
    if (!(c->user_data & REQUEST)) continue;
    int at = (int)(c->user_data >> 32 & 0xffff), lane = (int)(uint32_t)c->user_data;
    status = c->result;
    if (status == -ECONNREFUSED) {
      // What an earlier datagram of this flow met is reported here: send this one by itself.
      x->send_ns[at] = engine_now(e);
      status = send_alone(e, lane, s->sequence[at], phase, (uint64_t)x->send_ns[at]);
    }
    if (status < 0) x->send_ns[at] = status;
  }
}

static void send_all(engine_t *e, int count, uint8_t phase) {
  exchange_t *x = e->exchange;
  for (int i = 0; i < count; i++) prepare(e, x->send_flow[i], (uint64_t)x->send_sequence[i], phase, i);
  hand_over(e, phase);
}

// Writes the reply in a completion to the events at `at`. False, counted, when it is none to a flow of ours.
static bool note_reply(engine_t *e, const uring_cqe_t *c, uint32_t lane, int at, double now) {
  state_t *s = e->state;
  const uint8_t *bytes = uring_buffer(&s->ring, c);
  size_t length = (size_t)c->result;
  if (s->messages) {
    const uring_message_t *message = (const void *)bytes;
    const uint8_t *sender = bytes + sizeof *message, *control = sender + s->room.msg_namelen;
    bool whole = length >= reply_head(s);
    struct msghdr came = {.msg_name = (void *)(uintptr_t)sender,
                          .msg_namelen = whole ? message->sender_bytes : 0,
                          .msg_control = (void *)(uintptr_t)control,
                          .msg_controllen = whole ? message->control_bytes : 0};
    bytes += reply_head(s);
    length = whole ? message->payload_bytes : 0;
    lane = pktinfo_flow(e, lane, &came, bytes, length);
  } else if (e->tun) {
    if (!tun_flow(e, bytes, length, &lane)) return false;
    bytes += TUN_HEAD;
    length -= TUN_HEAD;
  }
  return engine_note_reply(e, bytes, length, lane, at, now);
}

// Takes one completion. True: an event was written at `at`.
static bool take(engine_t *e, const uring_cqe_t *c, int at, double now) {
  state_t *s = e->state;
  if (c->user_data & REQUEST) return false;
  uint32_t lane = (uint32_t)c->user_data;
  bool event = false;
  // An empty datagram may come without a buffer.
  if (c->result >= 0) event = note_reply(e, c, lane, at, now);
  else if (s->messages && c->result != -ENOBUFS) pktinfo_take_errors(e, lane);
  else if (c->result != -ENOBUFS) engine_note_failure(e, -c->result);
  if (c->flags & URING_HAS_BUFFER) uring_return_buffer(&s->ring, (uint16_t)(c->flags >> URING_BUFFER_SHIFT));
  if (!(c->flags & URING_MORE)) {
    s->receives--;
    receive_from(e, lane);
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
    if (again) prepare(e, e->exchange->flow[events], again->sequence + (uint64_t)events, again->phase, events);
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
    .type = SOCK_DGRAM, .create = create, .destroy = destroy, .watch = watch, .forget = forget, .send = send_all, .receive = receive, .sweep = sweep};

const poller_t pktinfo_uring_poller = {.type = SOCK_DGRAM,
                                       .create = create_shared,
                                       .destroy = destroy,
                                       .open = pktinfo_open,
                                       .watch = watch,
                                       .forget = forget,
                                       .send = send_all,
                                       .receive = receive,
                                       .sweep = sweep};

const poller_t tun_uring_poller = {.type = SOCK_DGRAM,
                                   .create = create_device,
                                   .destroy = destroy,
                                   .watch = watch,
                                   .forget = forget,
                                   .send = send_all,
                                   .receive = receive,
                                   .sweep = sweep};
