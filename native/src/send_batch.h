// Datagrams in one system call. sendmmsg() of musl makes a call for each of them, so that the kernel's is called by number,
// as glibc's does. It takes a message's padding, which musl has, for the upper halves of lengths: it must be zero.
#ifndef RPNET_SEND_BATCH_H
#define RPNET_SEND_BATCH_H
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// The number of messages sent, or −1 and errno where the first could not be.
static inline int send_batch(int fd, struct mmsghdr *messages, int count, int flags) {
  return (int)syscall(SYS_sendmmsg, fd, messages, (unsigned)count, flags);
}
#endif
