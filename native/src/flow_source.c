#include "flow_source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

// The same values as in src/plan/flow-sources.ts.
enum { RUN_OF_FLOWS = 16, EDGE = 64, ALL = 1 << 24, ADDRESSES = ALL - 2 * EDGE, MASK = ALL - 1, ROUNDS = 3 };
static const uint32_t LOOPBACK_NETWORK = 127u << 24;

// As scrambled() in src/stats/random.ts.
static uint32_t scrambled(uint32_t seed) {
  uint32_t h = seed + 0x9e3779b9;
  h = (h ^ h >> 16) * 0x85ebca6b;
  h = (h ^ h >> 13) * 0xc2b2ae35;
  return h ^ h >> 16;
}

int flow_sources_open(flow_sources_t *f, uint32_t seed, uint64_t first, uint32_t sockets) {
  *f = (flow_sources_t){.first = first, .sockets = sockets, .keys = malloc(sockets * sizeof *f->keys)};
  if (!f->keys) return -ENOMEM;
  for (uint32_t i = 0; i < sockets; i++) f->keys[i] = scrambled(scrambled(seed) ^ i);
  return 0;
}

void flow_sources_close(flow_sources_t *f) {
  free(f->keys);
  f->keys = NULL;
}

static uint32_t permuted(uint32_t n, uint32_t key) {
  for (int round = 0; round < ROUNDS; round++) {
    n ^= key >> round * 4 & MASK;
    n ^= n >> 13;
    n = n * 0xd35a2d & MASK;
    n ^= n >> 11;
  }
  return n;
}

flow_source_t flow_source(const flow_sources_t *f, uint32_t flow) {
  uint64_t place = f->first + flow, run = place / RUN_OF_FLOWS;
  uint32_t socket = (uint32_t)(run % f->sockets);
  uint32_t at = (uint32_t)(run / f->sockets) * RUN_OF_FLOWS + (uint32_t)(place % RUN_OF_FLOWS) + EDGE;
  do at = permuted(at, f->keys[socket]);
  while (at < EDGE || at >= EDGE + ADDRESSES);
  return (flow_source_t){.socket = socket, .address = htonl(LOOPBACK_NETWORK + at)};
}
