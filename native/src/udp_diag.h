// The kernel's list of UDP sockets on one port (sock_diag(7)): it walks its table by itself and hands out those alone,
// where /proc/net/udp prints every socket of the host. No privilege is needed. No N-API here.
#ifndef RPNET_UDP_DIAG_H
#define RPNET_UDP_DIAG_H
#include <stdint.h>

// src/host/udp-diag.ts has the same order of words.
typedef struct {
  uint32_t family;  // AF_INET, AF_INET6
  uint32_t inode, uid;
  uint32_t queued_bytes, drops;  // SK_MEMINFO, as of SO_MEMINFO
  uint32_t address[4];           // that it is bound to, in network order; IPv4 in the first
  uint32_t cookie[2];            // of all sockets since boot no other has it; low half first
  uint32_t peer_port;            // 0: it is not connected
  uint32_t device;               // index of the interface that it is bound to, 0: none
} udp_socket_t;

// Writes those of `family` in this network namespace that are bound to `port` to `sockets`, `room` at most. Returns how
// many there are, also where there is no room for all, or −errno.
int udp_diag(uint8_t family, uint16_t port, udp_socket_t *sockets, int room);

// Has the kernel tell of UDP sockets on `port` of either family that close (SKNLGRP_INET_UDP_DESTROY, Linux 4.2). Returns
// a descriptor | −errno.
int udp_closings(uint16_t port);

// Writes those that have closed since the last call to `sockets`, `room` at most: without inode, user and drops, and with
// the bytes that were in their queues. Returns how many | −errno; ENOBUFS: some were missed, and others may follow.
int udp_closed(int fd, udp_socket_t *sockets, int room);
#endif
