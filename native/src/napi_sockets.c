// Sockets, shared memory, and what a thread asks for itself.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"
#include "clock.h"
#include "sock_diag.h"

static napi_value open_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return result(env, socket(get_int(&a, 0), get_int(&a, 1) | SOCK_CLOEXEC, 0));
}

static napi_value set_option(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int value = get_int(&a, 3);
  return result(env, setsockopt(get_int(&a, 0), get_int(&a, 1), get_int(&a, 2), &value, sizeof value));
}

static napi_value get_option(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int value = 0;
  socklen_t length = sizeof value;
  int status = getsockopt(get_int(&a, 0), get_int(&a, 1), get_int(&a, 2), &value, &length);
  return result(env, status < 0 ? status : value);
}

static napi_value bind_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage address;
  socklen_t length = get_address(&a, 1, (uint16_t)get_int(&a, 2), &address);
  if (!length) return number(env, -EINVAL);
  return result(env, bind(get_int(&a, 0), (struct sockaddr *)&address, length));
}

static napi_value listen_on_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return result(env, listen(get_int(&a, 0), get_int(&a, 1)));
}

// accept(fd): the descriptor of a connection that waits | −errno
static napi_value accept_on_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return result(env, accept4(get_int(&a, 0), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

// reset(fd): closes a connection by RST, after which its port is free at once. 0 | −errno
static napi_value reset_connection(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int fd = get_int(&a, 0);
  struct linger at_once = {.l_onoff = 1};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  return result(env, close(fd));
}

static napi_value connect_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage address;
  socklen_t length = get_address(&a, 1, (uint16_t)get_int(&a, 2), &address);
  if (!length) return number(env, -EINVAL);
  return result(env, connect(get_int(&a, 0), (struct sockaddr *)&address, length));
}

// send(fd, data, address, port): number of bytes | −errno
static napi_value send_datagram(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  const void *data = get_bytes(&a, 1, &bytes);
  struct sockaddr_storage address;
  socklen_t length = get_address(&a, 2, (uint16_t)get_int(&a, 3), &address);
  if (!data || !length) return number(env, -EINVAL);
  return result(env, (int)sendto(get_int(&a, 0), data, bytes, 0, (struct sockaddr *)&address, length));
}

// socketPair(type, to): 0 | −errno; the descriptors of both ends, which are Unix sockets, are written to `to` (i32)
static napi_value open_pair(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  int *ends = get_bytes(&a, 1, &bytes);
  if (!ends || bytes < 2 * sizeof *ends) return number(env, -EINVAL);
  return result(env, socketpair(AF_UNIX, get_int(&a, 0) | SOCK_CLOEXEC, 0, ends));
}

// receive(fd, data): number of bytes | −errno, −EAGAIN at once when nothing is there
static napi_value receive_datagram(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  void *data = get_bytes(&a, 1, &bytes);
  if (!data) return number(env, -EINVAL);
  return result(env, (int)recv(get_int(&a, 0), data, bytes, MSG_DONTWAIT));
}

// localAddress(fd): the address that a socket is bound to, as text | −errno
static napi_value local_address(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage bound;
  socklen_t length = sizeof bound;
  char text[INET6_ADDRSTRLEN];
  if (getsockname(get_int(&a, 0), (struct sockaddr *)&bound, &length)) return number(env, -errno);
  const void *address = bound.ss_family == AF_INET6 ? (void *)&((struct sockaddr_in6 *)&bound)->sin6_addr
                                                    : (void *)&((struct sockaddr_in *)&bound)->sin_addr;
  napi_value value;
  if (!inet_ntop(bound.ss_family, address, text, sizeof text)) return number(env, -errno);
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  return value;
}

static napi_value local_port(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(get_int(&a, 0), (struct sockaddr *)&address, &length)) return number(env, -errno);
  return number(env, ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                         : ((struct sockaddr_in *)&address)->sin_port));
}

// boundSockets(protocol, family, port, rows): how many sockets are bound to the port, of TCP those that listen; as many as
// there is room for are written to `rows`, as bound_socket_t | −errno
static napi_value bound_sockets(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  bound_socket_t *rows = get_bytes(&a, 3, &bytes);
  if (!rows) return number(env, -EINVAL);
  return number(env, sock_diag((uint8_t)get_int(&a, 0), (uint8_t)get_int(&a, 1), (uint16_t)get_int(&a, 2), rows,
                               (int)(bytes / sizeof *rows)));
}

// udpClosings(port): a descriptor that tells of UDP sockets that close on the port | −errno
static napi_value udp_closings_of(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return number(env, udp_closings((uint16_t)get_int(&a, 0)));
}

// udpClosed(fd, rows): how many were written to `rows`, as bound_socket_t | −errno
static napi_value udp_closed_of(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  size_t bytes;
  bound_socket_t *rows = get_bytes(&a, 1, &bytes);
  if (!rows) return number(env, -EINVAL);
  return number(env, udp_closed(get_int(&a, 0), rows, (int)(bytes / sizeof *rows)));
}

static napi_value close_socket(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return result(env, close(get_int(&a, 0)));
}

static napi_value memory_file(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int fd = memfd_create("rpbench", MFD_CLOEXEC);
  if (fd < 0) return number(env, -errno);
  if (ftruncate(fd, (off_t)get_double(&a, 0))) {
    int error = errno;
    close(fd);
    return number(env, -error);
  }
  return number(env, fd);
}

// lockFile(fd): 0 | −errno, EWOULDBLOCK where another open file of it has the lock; closing the file, or dying, gives it back
static napi_value lock_file(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  return result(env, flock(get_int(&a, 0), LOCK_EX | LOCK_NB));
}

typedef struct {
  void *data;
  size_t bytes;
} mapping_t;

static void unmap(napi_env env, void *data, void *hint) {
  mapping_t *m = hint;
  munmap(m->data, m->bytes);
  free(m);
}

static napi_value map_memory(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  mapping_t *m = malloc(sizeof *m);
  if (!m) return number(env, -ENOMEM);
  m->bytes = (size_t)get_double(&a, 1);
  m->data = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, get_int(&a, 0), 0);
  if (m->data == MAP_FAILED) {
    free(m);
    return number(env, -errno);
  }
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, m->data, m->bytes, unmap, m, &buffer) != napi_ok) {
    unmap(env, NULL, m);
    return number(env, -ENOMEM);
  }
  return buffer;
}

// A member lives as long as its parent, and no longer; a Ctrl-C at their terminal is the parent's to handle.
static napi_value follow_parent(napi_env env, napi_callback_info info) {
  signal(SIGINT, SIG_IGN);
  return result(env, prctl(PR_SET_PDEATHSIG, SIGKILL));
}

// Kernel headers before 5.6 do not have them; from 424 on numbers are the same on every architecture.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

// copyDescriptor(pid, fd): a descriptor of what the process has as `fd` (pidfd_getfd(2), Linux 5.6) | −errno
static napi_value copy_descriptor(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int process = (int)syscall(SYS_pidfd_open, get_int(&a, 0), 0);
  if (process < 0) return number(env, -errno);
  int copy = (int)syscall(SYS_pidfd_getfd, process, get_int(&a, 1), 0);
  int status = copy < 0 ? -errno : copy;
  close(process);
  return number(env, status);
}

// Timers of a thread fire up to 50 µs late by default, which is more than the gap between requests at 20k/s.
static napi_value sharp_timers(napi_env env, napi_callback_info info) {
  return result(env, prctl(PR_SET_TIMERSLACK, 1L));
}

// pinThread(cpu): 0 | −errno, EINVAL for a CPU that this process may not use
static napi_value pin_thread(napi_env env, napi_callback_info info) {
  arguments_t a = arguments(env, info);
  int cpu = get_int(&a, 0);
  if (cpu < 0 || cpu >= CPU_SETSIZE) return number(env, -EINVAL);
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  return result(env, sched_setaffinity(0, sizeof only, &only));
}

static napi_value thread_cpu_ns(napi_env env, napi_callback_info info) {
  struct timespec t;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) < 0) return number(env, -errno);
  return number(env, (double)t.tv_sec * 1e9 + (double)t.tv_nsec);
}

// becomeProgram(words): −errno, or never back. Words end with 0 each; the first is the program's path. It has the environment of
// this process as it is now, and no descriptors of it but the standard ones.
static napi_value become_program(napi_env env, napi_callback_info info) {
  enum { MOST_WORDS = 4096 };
  arguments_t a = arguments(env, info);
  size_t bytes;
  char *text = get_bytes(&a, 0, &bytes);
  char *words[MOST_WORDS + 1] = {NULL};
  if (!text || bytes == 0 || text[bytes - 1] != 0) return number(env, -EINVAL);
  size_t count = 0;
  for (char *word = text; word < text + bytes; word += strlen(word) + 1) {
    if (count == MOST_WORDS) return number(env, -E2BIG);
    words[count++] = word;
  }
  // Node closes them at an exec, and does not wait for pipes. The next program is to find them as this one did.
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK)) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    fcntl(fd, F_SETFD, 0);
  }
  execv(words[0], words);
  return number(env, -errno);
}

void define_sockets(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      FUNCTION("socket", open_socket),
      FUNCTION("setOption", set_option),
      FUNCTION("getOption", get_option),
      FUNCTION("bind", bind_socket),
      FUNCTION("listen", listen_on_socket),
      FUNCTION("accept", accept_on_socket),
      FUNCTION("reset", reset_connection),
      FUNCTION("connect", connect_socket),
      FUNCTION("send", send_datagram),
      FUNCTION("socketPair", open_pair),
      FUNCTION("receive", receive_datagram),
      FUNCTION("localPort", local_port),
      FUNCTION("localAddress", local_address),
      FUNCTION("boundSockets", bound_sockets),
      FUNCTION("udpClosings", udp_closings_of),
      FUNCTION("udpClosed", udp_closed_of),
      FUNCTION("close", close_socket),
      FUNCTION("memoryFile", memory_file),
      FUNCTION("mapMemory", map_memory),
      FUNCTION("lockFile", lock_file),
      FUNCTION("followParent", follow_parent),
      FUNCTION("copyDescriptor", copy_descriptor),
      FUNCTION("becomeProgram", become_program),
      FUNCTION("sharpTimers", sharp_timers),
      FUNCTION("pinThread", pin_thread),
      FUNCTION("threadCpuNs", thread_cpu_ns),
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
}
