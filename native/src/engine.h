// The load side over epoll: one connected socket a flow. It knows nothing of schedules or statistics: `send`
// takes a batch of flows, `receive` reports a batch of replies, both through the exchange arrays.
#ifndef RPNET_ENGINE_H
#define RPNET_ENGINE_H
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#include "datagram.h"

enum { ENGINE_BATCH = 32, ENGINE_READY = 256 };  // replies a call; sockets a look at the poller

// Shared with the caller, who makes one typed array of each; src/client/engine.ts has the same order.
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
} exchange_t;

enum { STRANGERS, REFUSED, RECEIVE_ERRORS };  // exchange_t.counters

typedef struct {
  int socket;           // −1: closed
  int32_t outstanding;  // datagrams sent and not yet received
} slot_t;

typedef struct {
  int poller;
  int capacity;
  uint64_t run_id, epoch_ns;
  size_t payload;
  exchange_t *exchange;
  struct sockaddr_storage server;
  socklen_t server_length;
  uint32_t first_flow;     // id of the flow in slot 0 (waves reuse the slots)
  slot_t *slots;
  uint32_t *carry;         // slots that epoll named and that were not emptied yet
  int carried;
  uint8_t *request, *reply;
} engine_t;

// Asks the flow of each reply again as soon as the reply was taken: request `sequence` + i for event i, written to
// send_ns[i] as by engine_send().
typedef struct {
  uint64_t sequence;
  uint8_t phase;
} again_t;

int engine_create(engine_t *e);
void engine_destroy(engine_t *e);
// Opens the flow of `slot` from `source`. Returns 0, or −(errno + 4096 × step): 0 socket, 1 bind, 2 connect, 3 epoll.
int engine_open(engine_t *e, int slot, const struct sockaddr *source, socklen_t length);
// What the kernel dropped at the open sockets since they were opened (SO_MEMINFO).
double engine_drops(const engine_t *e);
void engine_close(engine_t *e);  // all flows
void engine_send(engine_t *e, int count, uint8_t phase);
int engine_receive(engine_t *e, int64_t timeout_ns, const again_t *again);
// Looks at every open socket, whether epoll named it or not.
int engine_sweep(engine_t *e);
#endif
