#include "pktinfo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
// Uses what <time.h> defines, without including it.
#include <linux/errqueue.h>

// What a datagram of IPv4 over Ethernet has room for: all of it is sent whole on any host.
enum { WHOLE = 1472 };

int pktinfo_open(engine_t *e, int lane, const struct sockaddr *source, socklen_t length) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), step = 0, error = 0;
  if (fd < 0) return -errno;
  int on = 1, loopback = LOOPBACK_INDEX, whole = IP_PMTUDISC_DO, most = INT_MAX / 2;
  // Nothing leaves by another interface, and nothing comes by one, though the socket has every address.
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &loopback, sizeof loopback)) step = 1, error = errno;
  // Many flows share the queue: as large as this host gives, and no error where that is less.
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &most, sizeof most);
  // A socket that is not connected hears of a port without a server only so.
  setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  // A datagram that is not to be cut into fragments needs no number of its own among those from this address.
  if (e->payload <= WHOLE) setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof whole);
  if (!step && setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on)) step = 1, error = errno;
  if (!step && bind(fd, source, length)) step = 1, error = errno;
  struct sockaddr_storage bound;
  socklen_t bound_length = sizeof bound;
  if (!step && getsockname(fd, (struct sockaddr *)&bound, &bound_length)) step = 1, error = errno;
  e->lanes[lane] = (lane_t){.socket = fd};
  if (!step) e->lanes[lane].source = datagram_source((struct sockaddr *)&bound);
  if (!step && (error = -e->poller->watch(e, lane)) > 0) step = 3;
  if (!step) return 0;
  e->lanes[lane].socket = -1;
  close(fd);
  return -(error + 4096 * step);
}

uint32_t pktinfo_write(const engine_t *e, pktinfo_message_t *m, uint8_t *data, int flow, uint64_t sequence, uint8_t phase, uint64_t sent_ns) {
  flow_source_t from = flow_source(e->computed, (uint32_t)flow);
  datagram_source_t source = {.port = e->lanes[from.socket].source.port, .address = from.address};
  struct in_pktinfo info = {.ipi_ifindex = LOOPBACK_INDEX, .ipi_spec_dst.s_addr = from.address};
  engine_write_request_from(e, data, flow, source, sequence, phase, sent_ns);
  m->bytes = (struct iovec){.iov_base = data, .iov_len = e->payload};
  m->header = (struct msghdr){.msg_name = (void *)(uintptr_t)&e->server,
                              .msg_namelen = e->server_length,
                              .msg_iov = &m->bytes,
                              .msg_iovlen = 1,
                              .msg_control = &m->control,
                              .msg_controllen = sizeof m->control};
  m->control.first = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
  memcpy(CMSG_DATA(&m->control.first), &info, sizeof info);
  return from.socket;
}

uint32_t pktinfo_flow(const engine_t *e, uint32_t socket, const struct msghdr *came, const uint8_t *data, size_t length) {
  const struct sockaddr_in *sender = came->msg_name, *server = (const void *)&e->server;
  const struct cmsghdr *control = came->msg_control;
  if (came->msg_namelen < sizeof *sender || sender->sin_addr.s_addr != server->sin_addr.s_addr || sender->sin_port != server->sin_port)
    return UINT32_MAX;
  struct in_pktinfo info;
  if (came->msg_controllen < CMSG_LEN(sizeof info) || control->cmsg_level != IPPROTO_IP || control->cmsg_type != IP_PKTINFO) return UINT32_MAX;
  memcpy(&info, CMSG_DATA((struct cmsghdr *)(uintptr_t)control), sizeof info);
  uint32_t flow = datagram_flow(data, length) - e->first_flow;
  if (flow >= e->flows) return UINT32_MAX;
  flow_source_t asked = flow_source(e->computed, flow);
  return asked.socket == socket && asked.address == info.ipi_addr.s_addr ? flow : UINT32_MAX;
}

void pktinfo_take_errors(engine_t *e, uint32_t socket) {
  for (;;) {
    union {
      struct cmsghdr first;
      uint8_t space[CMSG_SPACE(sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
    } control;
    struct msghdr told = {.msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(e->lanes[socket].socket, &told, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&told); c; c = CMSG_NXTHDR(&told, c)) {
      struct sock_extended_err error;
      if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_RECVERR) continue;
      memcpy(&error, CMSG_DATA(c), sizeof error);
      e->exchange->counters[error.ee_errno == ECONNREFUSED ? REFUSED : RECEIVE_ERRORS]++;
    }
  }
}

int pktinfo_send(engine_t *e, uint32_t socket, const pktinfo_message_t *m) {
  ssize_t n;
  do n = sendmsg(e->lanes[socket].socket, &m->header, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return n < 0 ? -errno : 0;
}
