// Work that a member pretends to do for each request: times of mean 1 from a table that the caller drew, times
// `mean_ns`. NONE echoes at once; the others take one request at a time, as a server that works does.
#ifndef RPNET_SERVICE_H
#define RPNET_SERVICE_H
#include <stdint.h>

#include "clock.h"

enum { SERVICE_NONE = 0, SERVICE_CPU = 1, SERVICE_SLEEP = 2 };
typedef struct {
  int kind;
  double mean_ns;
  const double *table;
  uint32_t length, next;
} service_t;

// Spends the next service time, counted from `taken`. Where `stop` comes to be set, that ends it early.
static inline void service_spend(service_t *s, uint64_t taken, const uint64_t *stop) {
  uint64_t until = taken + (uint64_t)(s->mean_ns * s->table[s->next]);
  s->next = (s->next + 1) % s->length;
  for (uint64_t now = taken; now < until && !__atomic_load_n(stop, __ATOMIC_ACQUIRE); now = clock_ns(CLOCK_MONOTONIC)) {
    if (s->kind != SERVICE_SLEEP) continue;
    // In slices, so that a stop is heard.
    uint64_t wake = until - now > 10000000 ? now + 10000000 : until;
    struct timespec t = {.tv_sec = (time_t)(wake / 1000000000), .tv_nsec = (long)(wake % 1000000000)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
  }
}
#endif
