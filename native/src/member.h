// One member of the group: takes datagrams from its socket in batches and echoes those of its own run.
#ifndef RPNET_MEMBER_H
#define RPNET_MEMBER_H
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "datagram.h"
#include "handover.h"
#include "service.h"

// Shared memory, one block a member, written by the member and read by the parent, except `stop` and `ask`,
// which go the other way, as do those of a run. src/group/counters.ts names the same words in the same order. A front has a block too, in
// which `echoed` is what it handed on to members and `echo_errors` what it could not; see front.h.
typedef struct {
  uint64_t state;  // MEMBER_STARTING, _SERVING, _STOPPED
  uint64_t stop;   // MEMBER_END, MEMBER_CLOSE, MEMBER_DRAIN
  uint64_t ask;       // the parent raises it to have everything below published afresh
  uint64_t answered;  // the last `ask` that was answered
  uint64_t taken[PHASES];
  uint64_t echoed[PHASES];
  uint64_t echo_errors[PHASES];
  uint64_t strangers;
  uint64_t drops;           // SO_MEMINFO
  uint64_t queued_bytes;    // SO_MEMINFO, receive queue
  uint64_t receive_buffer;  // SO_MEMINFO, bytes
  uint64_t emptied;         // times the queue was found empty with everything taken before it echoed
  uint64_t cpu_ns;          // of the serving thread
  uint64_t last_errno;
  uint64_t left[PHASES];  // still queued, or in its hand, when it stopped: taken off the socket, not answered
  uint64_t gone_ns;       // when it left the group, of which its socket gets nothing new from then on; since the run's epoch
  uint64_t thread_id;     // of the serving thread, as /proc knows it
  uint64_t served_ns;     // from reading requests to echoing them, summed over batches
  // Of members that listen for connections (tcp_member.h).
  uint64_t accepted;            // connections taken off the accept queue
  uint64_t reset;               // of those, broken off by the peer; the others it ended in order
  uint64_t open;                // of those, open now
  uint64_t accept_queue;        // connections in the accept queue, as last seen; at the end those that were left there
  uint64_t accept_queue_most;   // the most that were seen there
  uint64_t accept_queue_limit;  // the most that may be there, as the kernel has it
  // The run whose requests are answered, told by the parent: `run` is odd while one goes on and even when it is over, and the
  // words below it are written first. What still comes of a run that is over counts as left.
  uint64_t run;
  uint64_t run_heard;  // by the member: the last `run` that it acts by
  uint64_t run_id;
  uint64_t run_payload;  // bytes of each of its datagrams
} member_counters_t;

enum { MEMBER_BLOCK_BYTES = 256, MEMBER_BATCH = 64, MEMBER_STARTING = 0, MEMBER_SERVING = 1, MEMBER_STOPPED = 2 };
// The run is over: count what is queued. The member leaves a group that goes on: it answers what is queued and closes the
// socket at once, or it first takes the socket out of the group, so that nothing comes in between.
enum { MEMBER_END = 1, MEMBER_CLOSE = 2, MEMBER_DRAIN = 3 };
// Each word has one writer.
#define publish(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELAXED)
#define add(word, value) publish(word, (word) + (value))
_Static_assert(sizeof(member_counters_t) == MEMBER_BLOCK_BYTES, "one block a member");

typedef struct {
  int fd;
  // The UDP socket to answer through where `fd` is where a front hands datagrams on to; −1 where `fd` is that socket.
  int reply_fd;
  uint16_t index;
  uint32_t generation;
  uint64_t epoch_ns;
  uint64_t run, run_id;
  size_t payload, most_payload;
  member_counters_t *counters;
  service_t service;
  uint8_t *data;  // MEMBER_BATCH buffers of payload + 1 bytes, with room for most_payload: a longer datagram shows as truncated
  handover_t handovers[MEMBER_BATCH];    // what belongs to each datagram, from the kernel or from the front
  struct iovec vectors[MEMBER_BATCH][2];  // what a front puts before the datagram, and the datagram
  struct mmsghdr in[MEMBER_BATCH], out[MEMBER_BATCH];
  uint8_t phases[MEMBER_BATCH];
} member_t;

int member_open(member_t *m);
void member_close(member_t *m);
// Serves until `stop` is set (returns 0), or for about `max_ns` (returns 1), or −errno.
int member_step(member_t *m, uint64_t max_ns);
#endif
