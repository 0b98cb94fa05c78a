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

static bool over_ipv6(const engine_t *e) { return e->server.ss_family == AF_INET6; }

// What the sockets of each family are told. Returns 0, or −1 with errno.
static int set_up_4(const engine_t *e, int fd) {
  int on = 1, whole = IP_PMTUDISC_DO;
  // A socket that is not connected hears of a port without a server only so.
  setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  // A datagram that is not to be cut into fragments needs no number of its own among those from this address.
  if (e->payload <= WHOLE) setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof whole);
  return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

static int set_up_6(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  // It may send from an address that is this host's by a route alone.
  if (setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on)) return -1;
  return setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
}

int pktinfo_open(engine_t *e, int lane, const struct sockaddr *source, socklen_t length) {
  int fd = socket(e->server.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), step = 0, error = 0;
  if (fd < 0) return -errno;
  int loopback = LOOPBACK_INDEX, most = INT_MAX / 2;
  // Nothing leaves by another interface, and nothing comes by one, though the socket has every address.
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &loopback, sizeof loopback)) step = 1, error = errno;
  // Many flows share the queue: as large as this host gives, and no error where that is less.
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &most, sizeof most);
  if (!step && (over_ipv6(e) ? set_up_6(fd) : set_up_4(e, fd))) step = 1, error = errno;
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

struct msghdr pktinfo_room(const engine_t *e) {
  if (over_ipv6(e)) return (struct msghdr){.msg_namelen = PKTINFO_NAME_6, .msg_controllen = CMSG_SPACE(sizeof(struct in6_pktinfo))};
  return (struct msghdr){.msg_namelen = PKTINFO_NAME_4, .msg_controllen = CMSG_SPACE(sizeof(struct in_pktinfo))};
}

// The address of IPV6_NETWORK that ends with that of a source.
static struct in6_addr ipv6_of(flow_source_t source) {
  struct in6_addr address = {.s6_addr = IPV6_NETWORK};
  memcpy(address.s6_addr + sizeof address - sizeof source.address, &source.address, sizeof source.address);
  return address;
}

// What sends a datagram from the address of a source. Returns its length.
static size_t write_control(const engine_t *e, pktinfo_control_t *control, flow_source_t from) {
  if (over_ipv6(e)) {
    struct in6_pktinfo info = {.ipi6_addr = ipv6_of(from), .ipi6_ifindex = LOOPBACK_INDEX};
    control->first = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO};
    memcpy(CMSG_DATA(&control->first), &info, sizeof info);
    return CMSG_SPACE(sizeof info);
  }
  struct in_pktinfo info = {.ipi_ifindex = LOOPBACK_INDEX, .ipi_spec_dst.s_addr = from.address};
  control->first = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
  memcpy(CMSG_DATA(&control->first), &info, sizeof info);
  return CMSG_SPACE(sizeof info);
}

uint32_t pktinfo_write(const engine_t *e, pktinfo_message_t *m, uint8_t *data, int flow, uint64_t sequence, uint8_t phase, uint64_t sent_ns) {
  flow_source_t from = flow_source(e->computed, (uint32_t)flow);
  datagram_source_t source = {.port = e->lanes[from.socket].source.port, .address = from.address};
  engine_write_request_from(e, data, flow, source, sequence, phase, sent_ns);
  m->bytes = (struct iovec){.iov_base = data, .iov_len = e->payload};
  m->header = (struct msghdr){.msg_name = (void *)(uintptr_t)&e->server,
                              .msg_namelen = e->server_length,
                              .msg_iov = &m->bytes,
                              .msg_iovlen = 1,
                              .msg_control = &m->control,
                              .msg_controllen = write_control(e, &m->control, from)};
  return from.socket;
}

static bool is_server_4(const engine_t *e, const struct msghdr *came) {
  const struct sockaddr_in *sender = came->msg_name, *server = (const void *)&e->server;
  return came->msg_namelen >= sizeof *sender && sender->sin_addr.s_addr == server->sin_addr.s_addr && sender->sin_port == server->sin_port;
}

static bool is_server_6(const engine_t *e, const struct msghdr *came) {
  const struct sockaddr_in6 *sender = came->msg_name, *server = (const void *)&e->server;
  return came->msg_namelen >= sizeof *sender && IN6_ARE_ADDR_EQUAL(&sender->sin6_addr, &server->sin6_addr) &&
         sender->sin6_port == server->sin6_port;
}

// Takes what came with a datagram, of so many bytes. False where it is something else.
static bool read_control(const struct msghdr *came, int level, int type, void *info, size_t bytes) {
  const struct cmsghdr *control = came->msg_control;
  if (came->msg_controllen < CMSG_LEN(bytes) || control->cmsg_level != level || control->cmsg_type != type) return false;
  memcpy(info, CMSG_DATA((struct cmsghdr *)(uintptr_t)control), bytes);
  return true;
}

static bool came_to_4(const struct msghdr *came, flow_source_t asked) {
  struct in_pktinfo info;
  return read_control(came, IPPROTO_IP, IP_PKTINFO, &info, sizeof info) && asked.address == info.ipi_addr.s_addr;
}

static bool came_to_6(const struct msghdr *came, flow_source_t asked) {
  struct in6_pktinfo info;
  struct in6_addr own = ipv6_of(asked);
  return read_control(came, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info) && IN6_ARE_ADDR_EQUAL(&own, &info.ipi6_addr);
}

uint32_t pktinfo_flow(const engine_t *e, uint32_t socket, const struct msghdr *came, const uint8_t *data, size_t length) {
  bool ipv6 = over_ipv6(e);
  if (!(ipv6 ? is_server_6(e, came) : is_server_4(e, came))) return UINT32_MAX;
  uint32_t flow = datagram_flow(data, length) - e->first_flow;
  if (flow >= e->flows) return UINT32_MAX;
  flow_source_t asked = flow_source(e->computed, flow);
  return asked.socket == socket && (ipv6 ? came_to_6(came, asked) : came_to_4(came, asked)) ? flow : UINT32_MAX;
}

void pktinfo_take_errors(engine_t *e, uint32_t socket) {
  for (;;) {
    union {
      struct cmsghdr first;
      uint8_t space[CMSG_SPACE(sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in6)) + CMSG_SPACE(sizeof(struct in6_pktinfo))];
    } control;
    struct msghdr told = {.msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(e->lanes[socket].socket, &told, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&told); c; c = CMSG_NXTHDR(&told, c)) {
      struct sock_extended_err error;
      bool one = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) || (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
      if (!one) continue;
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
