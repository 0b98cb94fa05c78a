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
} udp_socket_t;

// Writes those of `family` in this network namespace that are bound to `port` to `sockets`, `room` at most. Returns how
// many there are, also where there is no room for all, or −errno.
int udp_diag(uint8_t family, uint16_t port, udp_socket_t *sockets, int room);
#endif
