// Sources of flows that have no socket each: computed from the number of the flow, nothing is kept. The twin of
// computedSource() in src/plan/flow-sources.ts; a test holds them against each other.
#ifndef RPNET_FLOW_SOURCE_H
#define RPNET_FLOW_SOURCE_H
#include <stdint.h>

typedef struct {
  uint64_t first;     // place of flow 0 in the order of all sources
  uint32_t sockets;   // one a port
  uint32_t network;   // the first address of the block that sources are of
  uint32_t bits;      // of an address, within the block
  uint32_t *keys;     // one a socket
} flow_sources_t;

typedef struct {
  uint32_t socket;
  uint32_t address;  // in network order; the last part of one of IPv6
} flow_source_t;

// Makes the keys of what stands in the rest of `f`. Returns 0 or −ENOMEM; flow_sources_close() frees what it took.
int flow_sources_open(flow_sources_t *f, uint32_t seed);
void flow_sources_close(flow_sources_t *f);
flow_source_t flow_source(const flow_sources_t *f, uint32_t flow);
#endif
