// TCP flows: one socket a flow, which connects to the server again and again from its own address and port, and on each
// connection a queue of requests whose replies come in their order. What waits for the sockets is the poller's
// (engine_tcp.c); how requests and replies look is the wire's.
#ifndef RPNET_STREAM_H
#define RPNET_STREAM_H
#include "engine.h"

// What a client counts of its connections and of requests that were lost with them; src/client/exchange.ts has the same
// order. `OPENED` = ESTABLISHED + REFUSED + TIMED_OUT + FAILED + those that were still connecting when they were closed.
enum {
  OPENED,       // connect() was called
  ESTABLISHED,
  REFUSED_CONNECTIONS,
  TIMED_OUT,    // the kernel gave up
  FAILED,       // another error
  RESET,        // by the server, once established
  CLOSED_BY_SERVER,
  CLOSED,       // by us, once established
  UNWRITTEN,    // requests whose connection did not come about
  CUT,          // requests that were written, and whose connection ended before their reply
  CONNECTION_COUNTERS = 16,
};

// What the caller's memory holds of an engine over TCP.
typedef struct {
  exchange_t common;
  double connections[CONNECTION_COUNTERS];
  double cuts;  // requests of `cut_sequence`, of the last call
  double asked_ns[ENGINE_BATCH];    // when the request of the reply was begun: before it had a connection
  double connect_ns[ENGINE_BATCH];  // of the first reply on its connection: how long that took to connect; −1 of others
  double cut_sequence[ENGINE_BATCH];
  int32_t cut_flow[ENGINE_BATCH];
} stream_exchange_t;

typedef struct {
  uint64_t sequence, sent_ns;
  double asked_ns;
  int32_t next;  // place of the request behind it, −1: none
  uint32_t lane;
  uint8_t phase;
} request_t;

typedef enum { IDLE, CONNECTING, CONNECTED } stream_state_t;

typedef struct {
  stream_state_t state;
  int32_t first, last;  // requests without a reply, in the order of their sending; −1: none
  int32_t unwritten;    // the first of them that is not written to its end
  uint32_t written;     // bytes of that one
  uint32_t waiting;     // requests without a reply
  uint32_t asked, answered;  // requests that were begun on this connection, and their replies
  uint32_t got;         // bytes of a reply that is not whole yet
  void *part;           // they; of HTTP, what of it was understood
  uint64_t connect_began;
  double connect_ns;    // −1 when it was told
} stream_lane_t;

typedef struct {
  engine_t *engine;
  stream_lane_t *lanes;
  request_t *requests;  // a pool of them
  int32_t request_count, free_request;
  int32_t first_cut, last_cut;  // requests to tell of that were cut
  uint8_t *request, *data;
  struct http_reply *http;  // one to read into, where HTTP is spoken; else NULL
  size_t data_bytes;
} streams_t;

// How a connection goes on, or does not, after what was read.
typedef enum { STREAM_GOES_ON, STREAM_LAST, STREAM_BROKEN } stream_end_t;

enum { MOST_WAITING = 4096 };  // requests of a flow

int streams_create(streams_t *s, engine_t *e);
void streams_destroy(streams_t *s);
// Has a request sent as soon as its flow can, begun at `now`. Returns 0 or −errno.
int stream_ask(streams_t *s, uint32_t lane, uint64_t sequence, uint8_t phase, double now);
// Goes on with a flow, as far as its socket lets it: connects, and writes what is to be written.
void stream_advance(streams_t *s, uint32_t lane);
// Takes up to `room` replies from a flow's socket, written to the exchange from `at` on. `ended`: the server has ended the
// connection, behind what it sent. `*more`: whether the socket may hold more.
int stream_take(streams_t *s, uint32_t lane, int at, int room, bool ended, bool *more);
// Ends the connections of all flows, and forgets their requests, counted.
void streams_close(streams_t *s);
// Reads `n` bytes of s->data as replies, written to the exchange from `at` on. Returns how many.
int stream_read(streams_t *s, uint32_t lane, size_t n, int at, stream_end_t *end);
// The same where the server has ended the connection: a reply may be whole with it.
int stream_read_end(streams_t *s, uint32_t lane, int at);
// Takes the first request off a flow's queue.
void stream_forget_first(streams_t *s, uint32_t lane);
// Tells of requests that were cut.
void streams_tell_cuts(streams_t *s);
#endif
