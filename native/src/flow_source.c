#include "flow_source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

// The same values as in src/plan/flow-sources.ts.
enum { RUN_OF_FLOWS = 16, EDGE = 64, ROUNDS = 3 };

// As scrambled() in src/stats/random.ts.
static uint32_t scrambled(uint32_t seed) {
  uint32_t h = seed + 0x9e3779b9;
  h = (h ^ h >> 16) * 0x85ebca6b;
  h = (h ^ h >> 13) * 0xc2b2ae35;
  return h ^ h >> 16;
}

int flow_sources_open(flow_sources_t *f, uint32_t seed) {
  f->keys = malloc(f->sockets * sizeof *f->keys);
  if (!f->keys) return -ENOMEM;
  for (uint32_t i = 0; i < f->sockets; i++) f->keys[i] = scrambled(scrambled(seed) ^ i);
  return 0;
}

void flow_sources_close(flow_sources_t *f) {
  free(f->keys);
  f->keys = NULL;
}

static uint32_t permuted(uint32_t n, uint32_t key, uint32_t mask) {
  for (int round = 0; round < ROUNDS; round++) {
    n ^= key >> round * 4 & mask;
    n ^= n >> 13;
    n = n * 0xd35a2d & mask;
    n ^= n >> 11;
  }
  return n;
}

flow_source_t flow_source(const flow_sources_t *f, uint32_t flow) {
  uint64_t place = f->first + flow, run = place / RUN_OF_FLOWS;
  uint32_t socket = (uint32_t)(run % f->sockets);
  uint32_t at = (uint32_t)(run / f->sockets) * RUN_OF_FLOWS + (uint32_t)(place % RUN_OF_FLOWS) + EDGE;
  uint32_t mask = (1u << f->bits) - 1;
  do at = permuted(at, f->keys[socket], mask);
  while (at < EDGE || at > mask - EDGE);
  return (flow_source_t){.socket = socket, .address = htonl(f->network + at)};
}
