// The front of a group whose members have no socket of their own: takes datagrams from the group's UDP socket in
// batches and hands each on to the member that its flow belongs to, over a Unix datagram socket.
#ifndef RPNET_FRONT_H
#define RPNET_FRONT_H
#include "handover.h"
#include "member.h"

enum { FRONT_BATCH = 64 };

typedef struct {
  int fd;
  uint32_t members;
  int *member_fds;  // one a member; `members` of them
  uint64_t run, run_id;
  size_t payload, most_payload;
  // Its own block, in which `echoed` is what it handed on; and those of the members, in which it counts what it could
  // not hand on as their `drops`, since it happens at their queues.
  member_counters_t *counters, *member_counters;
  uint8_t *data;  // FRONT_BATCH buffers of payload + 1 bytes, with room for most_payload: a longer datagram shows as truncated
  handover_t handovers[FRONT_BATCH];
  struct iovec vectors[FRONT_BATCH][2];  // what goes before the datagram, and the datagram
  struct mmsghdr in[FRONT_BATCH], out[FRONT_BATCH];
  uint8_t phases[FRONT_BATCH];
  // The batch by member: of each member its first datagram, of each datagram the next one of the same member.
  int *first, *last;
  int next[FRONT_BATCH];
} front_t;

int front_open(front_t *f);
void front_close(front_t *f);
// Hands on until `stop` is set (returns 0), or for about `max_ns` (returns 1), or −errno.
int front_step(front_t *f, uint64_t max_ns);
// Index of the member to which a flow belongs: a hash of its source, scaled to the number of members.
uint32_t front_member_of(const struct sockaddr *source, uint64_t salt, uint32_t members);
#endif
