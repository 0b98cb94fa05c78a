// The load side: one connected socket a flow, or flows that share a few sockets or a device. It knows nothing of schedules or statistics: `send` takes a batch of
// flows, `receive` reports a batch of replies, both through the exchange arrays. What waits for the sockets is a
// poller: epoll, or io_uring.
#ifndef RPNET_ENGINE_H
#define RPNET_ENGINE_H
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "datagram.h"
#include "flow_source.h"
#include "ipv6_network.h"

enum { ENGINE_BATCH = 64 };  // requests or replies a call

// Shared with the caller, who makes one typed array of each; src/client/exchange.ts has the same order.
typedef struct {
  double now_ns;  // since the run's epoch, as of the end of the last call
  double counters[7];
  double send_sequence[ENGINE_BATCH];
  double send_ns[ENGINE_BATCH];  // out: when it was sent, or −errno
  double sequence[ENGINE_BATCH];
  double sent_ns[ENGINE_BATCH];
  double arrived_ns[ENGINE_BATCH];  // −1: not known
  double taken_ns[ENGINE_BATCH];
  double echoed_ns[ENGINE_BATCH];
  double received_ns[ENGINE_BATCH];
  int32_t send_flow[ENGINE_BATCH];
  int32_t flow[ENGINE_BATCH];
  int32_t member[ENGINE_BATCH];
  int32_t generation[ENGINE_BATCH];
  int32_t phase[ENGINE_BATCH];
  int32_t code[ENGINE_BATCH];  // of what a server that is not ours says of the request
} exchange_t;

enum { STRANGERS, REFUSED, RECEIVE_ERRORS, WRONG_REPLIES };  // exchange_t.counters

typedef struct {
  int socket;           // −1: closed
  int32_t outstanding;  // datagrams sent and not yet received, for a poller that has to know
  datagram_source_t source;  // the socket's address
} lane_t;

// Asks the flow of each reply again as soon as the reply was taken: request `sequence` + i for event i, written to
// send_ns[i] as by engine_send().
typedef struct {
  uint64_t sequence;
  uint8_t phase;
} again_t;

typedef struct engine engine_t;
typedef struct foreign foreign_t;
typedef struct tun tun_t;

// How an engine waits for its sockets and moves datagrams. Functions return −errno on failure.
typedef struct {
  int type;  // of its sockets
  int (*create)(engine_t *e);
  void (*destroy)(engine_t *e);  // also after a create that failed
  int (*open)(engine_t *e, int lane, const struct sockaddr *source, socklen_t length);  // NULL: a connected socket
  int (*watch)(engine_t *e, int lane);
  void (*forget)(engine_t *e);  // all lanes, before their sockets are closed; over TCP, ends their connections
  void (*send)(engine_t *e, int count, uint8_t phase);
  int (*receive)(engine_t *e, int64_t timeout_ns, const again_t *again);
  int (*sweep)(engine_t *e);
} poller_t;

extern const poller_t epoll_poller, uring_poller, tcp_epoll_poller, pktinfo_uring_poller, pktinfo_mmsg_poller, tun_uring_poller,
    tun_plain_poller;

struct engine {
  const poller_t *poller;
  void *state;  // the poller's
  int capacity;  // lanes: a flow each, or sockets that flows share
  uint64_t run_id, epoch_ns;
  size_t payload;           // of a request, at most
  size_t reply_bytes;       // room for a reply, and for one byte more than it is to have
  bool anywhere;            // not to this host alone
  foreign_t *foreign;       // NULL: members of ours are asked
  uint32_t per_connection;  // over TCP: requests after which a flow leaves its connection; 0: none
  exchange_t *exchange;     // over TCP, a stream_exchange_t
  struct sockaddr_storage server;
  socklen_t server_length;
  uint32_t first_flow;  // id of the flow in lane 0 (waves reuse the lanes)
  lane_t *lanes;
  // Where flows share sockets: what computes where each comes from, and how many there are; NULL where each has its lane.
  flow_sources_t *computed;
  uint32_t flows;
  tun_t *tun;  // the device, where they share one; its descriptor stands in lane 0
};

int engine_create(engine_t *e);
void engine_destroy(engine_t *e);
// Opens the flow of `lane` from `source`. Returns 0, or −(errno + 4096 × step): 0 socket, 1 bind, 2 connect, 3 watch.
int engine_open(engine_t *e, int lane, const struct sockaddr *source, socklen_t length);
// What the kernel dropped at the open sockets since they were opened (SO_MEMINFO), or of what was to be read from the device;
// −errno where that cannot be known.
double engine_drops(const engine_t *e);
void engine_close(engine_t *e);  // all flows
void engine_disconnect(engine_t *e);  // over TCP: ends the connections of all flows, whose sockets stay
// Sends the first `count` entries of the exchange; `count` is at most ENGINE_BATCH.
void engine_send(engine_t *e, int count, uint8_t phase);
int engine_receive(engine_t *e, int64_t timeout_ns, const again_t *again);
// Looks at every open socket, whether the poller named it or not.
int engine_sweep(engine_t *e);

// ---- for pollers ----

double engine_now(const engine_t *e);  // ns since the epoch
// Writes a request. Returns its length.
size_t engine_write_request(engine_t *e, uint8_t *to, int lane, uint64_t sequence, uint8_t phase, uint64_t sent_ns);
// One of our datagrams, of a flow that is said to come from `source`.
void engine_write_request_from(const engine_t *e, uint8_t *to, int lane, datagram_source_t source, uint64_t sequence, uint8_t phase,
                               uint64_t sent_ns);
// Changes the time of sending in a request that was written.
void engine_stamp(engine_t *e, uint8_t *request, uint64_t sequence, uint64_t sent_ns);
// Writes a reply that a lane received to the exchange's events at `at`. False, counted, when it is not one of this run.
bool engine_note_reply(engine_t *e, const uint8_t *data, size_t length, uint32_t lane, int at, double received_ns);
// Counts a receive that failed; EAGAIN and EINTR are no failures.
void engine_note_failure(engine_t *e, int error);
// send(), once more where an earlier datagram of the flow had met a closed port. Returns 0 or −errno.
int engine_send_plain(engine_t *e, int lane, const uint8_t *request, size_t length);
#endif
