// A server that is not rpbench's: one process, a UDP socket on 127.0.0.1 that it reads by io_uring and echoes. Argument:
//   ring    it receives itself, when it asks for completions
//   worker  a thread of the kernel's receives for it
//   hold    it waits in its ring for something else, and nobody reads the socket
// Says its port and its process, and ends with its standard input.
#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *end_with_input(void *unused) {
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  exit(0);
  return unused;
}

int main(int count, char **arguments) {
  const char *kind = count > 1 ? arguments[1] : "ring";
  int s = socket(AF_INET, SOCK_DGRAM, 0), silent[2];
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, peer;
  socklen_t length = sizeof own;
  if (bind(s, (struct sockaddr *)&own, sizeof own) || getsockname(s, (struct sockaddr *)&own, &length) || pipe(silent)) return 1;
  struct io_uring_params p;
  memset(&p, 0, sizeof p);
  int ring = (int)syscall(SYS_io_uring_setup, 4, &p);
  if (ring < 0) return 2;
  size_t bytes = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe) + p.sq_off.array + p.sq_entries * 4;
  char *rings = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
  struct io_uring_sqe *sqes =
      mmap(NULL, p.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
  if (rings == MAP_FAILED || sqes == MAP_FAILED || !(p.features & IORING_FEAT_SINGLE_MMAP)) return 3;
  unsigned *tail = (unsigned *)(rings + p.sq_off.tail), *array = (unsigned *)(rings + p.sq_off.array);
  unsigned *head = (unsigned *)(rings + p.cq_off.head), *done = (unsigned *)(rings + p.cq_off.tail);
  struct io_uring_cqe *cqes = (struct io_uring_cqe *)(rings + p.cq_off.cqes);
  printf("%d %d\n", ntohs(own.sin_port), getpid());
  fflush(stdout);
  pthread_t thread;
  pthread_create(&thread, NULL, end_with_input, NULL);
  char data[2048];
  for (;;) {
    struct iovec part = {data, sizeof data};
    struct msghdr message = {.msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = &part, .msg_iovlen = 1};
    struct io_uring_sqe *e = &sqes[0];
    memset(e, 0, sizeof *e);
    if (!strcmp(kind, "hold")) {
      e->opcode = IORING_OP_READ, e->fd = silent[0], e->addr = (uintptr_t)data, e->len = 1;
    } else {
      e->opcode = IORING_OP_RECVMSG, e->fd = s, e->addr = (uintptr_t)&message, e->len = 1;
      if (!strcmp(kind, "worker")) e->flags = IOSQE_ASYNC;
    }
    array[*tail & (p.sq_entries - 1)] = 0;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
    while (__atomic_load_n(done, __ATOMIC_ACQUIRE) == *head) syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0);
    int got = cqes[*head & (p.cq_entries - 1)].res;
    __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
    if (got >= 0) sendto(s, data, (size_t)got, 0, (struct sockaddr *)&peer, sizeof peer);
  }
}
