// One member of a group over TCP: accepts what its listener has, reads messages of exactly the run's `payload` bytes from every
// connection, and echoes those of its own run. A connection of anybody else is closed and counted, never answered.
#ifndef RPNET_TCP_MEMBER_H
#define RPNET_TCP_MEMBER_H
#include "member.h"

typedef struct connection {
  struct connection *previous, *next;
  int fd;
  bool known;            // it has sent a request of this run
  uint32_t part;         // bytes in `data`: the beginning of a request
  uint32_t owed, given;  // bytes in `replies`, and how many of them the kernel took
  uint8_t *replies;      // that it had no room for; nothing is read until they are given
  uint8_t data[];        // room for `most_payload` bytes
} connection_t;

typedef struct {
  int fd;  // that listens
  uint16_t index;
  uint32_t generation;
  uint64_t epoch_ns;
  uint64_t run, run_id;
  size_t payload, most_payload;
  member_counters_t *counters;
  service_t service;
  int epoll;
  bool listening;             // for connections, in `epoll`: not while there are no descriptors for more
  uint8_t *data;              // room for MEMBER_BATCH messages
  connection_t *connections;  // all that are open
} tcp_member_t;

int tcp_member_open(tcp_member_t *m);
void tcp_member_close(tcp_member_t *m);
// As member_step().
int tcp_member_step(tcp_member_t *m, uint64_t max_ns);
// Has it accept connections, or not for now. 0 | −errno
int tcp_member_listen(tcp_member_t *m, bool on);
#endif
