// The kernel's list of sockets on one port (sock_diag(7)): it walks its table by itself and hands out those alone, where
// /proc/net/udp and tcp print every socket of the host. No privilege is needed. No N-API here.
#ifndef RPNET_SOCK_DIAG_H
#define RPNET_SOCK_DIAG_H
#include <stdint.h>

// src/host/sock-diag.ts has the same order of words.
typedef struct {
  uint32_t family;  // AF_INET, AF_INET6
  uint32_t inode, uid;
  uint32_t queued;      // UDP: bytes of SK_MEMINFO, as of SO_MEMINFO; a TCP listener: connections in its accept queue
  uint32_t drops;       // of SK_MEMINFO
  uint32_t address[4];  // that it is bound to, in network order; IPv4 in the first
  uint32_t cookie[2];   // of all sockets since boot no other has it; low half first
  uint32_t peer_port;   // 0: it is not connected
  uint32_t device;      // index of the interface that it is bound to, 0: none
  uint32_t queue_limit; // of a TCP listener: connections that its accept queue takes
  uint32_t ipv6_only;   // IPV6_V6ONLY
} bound_socket_t;

// Writes those of `family` in this network namespace that are bound to `port` to `sockets`, `room` at most; `protocol` is
// IPPROTO_UDP, or IPPROTO_TCP for sockets that listen. Returns how many there are, also where there is no room for all, or −errno.
int sock_diag(uint8_t protocol, uint8_t family, uint16_t port, bound_socket_t *sockets, int room);

// Has the kernel tell of UDP sockets on `port` of either family that close (SKNLGRP_INET_UDP_DESTROY, Linux 4.2). Returns
// a descriptor | −errno.
int udp_closings(uint16_t port);

// Writes those that have closed since the last call to `sockets`, `room` at most: without inode, user and drops, and with
// the bytes that were in their queues. Returns how many | −errno; ENOBUFS: some were missed, and others may follow.
int udp_closed(int fd, bound_socket_t *sockets, int room);
#endif
