// Flows without a socket each: packets of IPv4 that are written into a TUN device and read from it, in a network namespace
// of our own. The headers say whose packet it is.
#ifndef RPNET_TUN_H
#define RPNET_TUN_H
#include <linux/virtio_net.h>

#include "engine.h"

enum {
  IP_HEADER = 20,
  UDP_HEADER = 8,
  // What stands before a datagram where it is written and read.
  TUN_HEAD = sizeof(struct virtio_net_hdr) + IP_HEADER + UDP_HEADER,
};

struct tun {
  int index;              // of the interface
  uint16_t *port;         // that flows have
  uint32_t sum;           // of the header's words that are the same in all requests
  uint8_t head[TUN_HEAD];  // of a request, but for what differs from flow to flow
};

// Makes the device of an engine whose flows are computed, in lane 0: flows have these ports, and `queue` replies find room.
// Returns 0, or −(errno + 4096 × step): 0 opening, 1 making, 2 setting up, 3 watching it.
int tun_open(engine_t *e, const uint16_t *ports, uint32_t queue);
void tun_free(engine_t *e);
// Replies that found no room, since the device is there.
double tun_drops(const engine_t *e);
// Writes the packet of a request to `packet`, of TUN_HEAD + e->payload bytes.
void tun_write(const engine_t *e, uint8_t *packet, int flow, uint64_t sequence, uint8_t phase, uint64_t sent_ns);
// The flow that a packet is for; UINT32_MAX for none of ours. False where it holds no datagram: then it is counted, where it
// tells that nobody took one of ours.
bool tun_flow(const engine_t *e, const uint8_t *packet, size_t length, uint32_t *flow);
#endif
