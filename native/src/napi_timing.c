// What time costs here: system calls, readings of the clock, sleeps, and moments in which a thread that never waits does
// not run.
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "clock.h"

// callsNs(count): time that so many of the cheapest real system calls take, ns
static napi_value calls_ns(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int count = get_int(&a, 0);
  uint64_t begin = clock_ns(CLOCK_MONOTONIC);
  for (int i = 0; i < count; i++) syscall(SYS_getppid);
  return number(env, (double)(clock_ns(CLOCK_MONOTONIC) - begin));
}

// clockReadsNs(count): time that so many readings of the clock take, ns
static napi_value clock_reads_ns(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int count = get_int(&a, 0);
  volatile uint64_t last = 0;
  uint64_t begin = clock_ns(CLOCK_MONOTONIC);
  for (int i = 0; i < count; i++) last = clock_ns(CLOCK_MONOTONIC);
  (void)last;
  return number(env, (double)(clock_ns(CLOCK_MONOTONIC) - begin));
}

// clockResolutionNs(): the step in which timers of the clock can fire, ns | −errno
static napi_value clock_resolution_ns(napi_env env, napi_callback_info info) {
  struct timespec t;
  if (clock_getres(CLOCK_MONOTONIC, &t) < 0) return number(env, -errno);
  return number(env, (double)t.tv_sec * 1e9 + (double)t.tv_nsec);
}

// sleptNs(ns): how long a sleep of so long took, ns
static napi_value slept_ns(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  double ns = get_double(&a, 0);
  struct timespec t = {.tv_sec = (time_t)(ns / 1e9), .tv_nsec = (long)(ns - (double)(time_t)(ns / 1e9) * 1e9)};
  uint64_t begin = clock_ns(CLOCK_MONOTONIC);
  while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) == EINTR) {
  }
  return number(env, (double)(clock_ns(CLOCK_MONOTONIC) - begin));
}

// longestGapNs(ns): reads the clock for so long, without a pause; the longest time between two readings, ns
static napi_value longest_gap_ns(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  uint64_t last = clock_ns(CLOCK_MONOTONIC), end = last + (uint64_t)get_double(&a, 0), longest = 0;
  while (last < end) {
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (now - last > longest) longest = now - last;
    last = now;
  }
  return number(env, (double)longest);
}

void define_timing(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      FUNCTION("callsNs", calls_ns),
      FUNCTION("clockReadsNs", clock_reads_ns),
      FUNCTION("clockResolutionNs", clock_resolution_ns),
      FUNCTION("sleptNs", slept_ns),
      FUNCTION("longestGapNs", longest_gap_ns),
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
}
