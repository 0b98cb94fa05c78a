// epoll_wait() that waits to the nanosecond, where the kernel can.
#ifndef RPNET_EPOLL_WAIT_H
#define RPNET_EPOLL_WAIT_H
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline int epoll_wait_ns(int poller, struct epoll_event *ready, int most, int64_t timeout_ns) {
#ifdef SYS_epoll_pwait2
  static _Thread_local int no_pwait2;
  if (!no_pwait2 && timeout_ns > 0) {
    struct timespec t = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    long n = syscall(SYS_epoll_pwait2, poller, ready, most, &t, NULL, 0);
    if (n >= 0 || errno != ENOSYS) return (int)n;
    no_pwait2 = 1;
  }
#endif
  // Before Linux 5.11 the wait is in milliseconds: round up, the caller looks at the clock.
  return epoll_wait(poller, ready, most, (int)((timeout_ns + 999999) / 1000000));
}
#endif
