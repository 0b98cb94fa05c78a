#include "sock_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The kernel fills as much as it is given room for, up to this: about 200 sockets a message.
enum { MESSAGE_BYTES = 32768 };

static int ask(int fd, uint8_t protocol, uint8_t family, uint16_t port) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } message = {
      .header = {.nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .request = {.sdiag_family = family,
                  .sdiag_protocol = protocol,
                  .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
                  .idiag_states = protocol == IPPROTO_TCP ? 1U << TCP_LISTEN : UINT32_MAX,
                  .id.idiag_sport = htons(port)},
  };
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  return sendto(fd, &message, sizeof message, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0 ? -errno : 0;
}

static bound_socket_t read_socket(const struct nlmsghdr *h) {
  const struct inet_diag_msg *m = NLMSG_DATA(h);
  bound_socket_t s = {.family = m->idiag_family,
                      .inode = m->idiag_inode,
                      .uid = m->idiag_uid,
                      .queued = m->idiag_rqueue,
                      .peer_port = ntohs(m->id.idiag_dport),
                      .device = m->id.idiag_if,
                      .queue_limit = m->idiag_wqueue};
  memcpy(s.address, m->id.idiag_src, sizeof s.address);
  memcpy(s.cookie, m->id.idiag_cookie, sizeof s.cookie);
  int left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof *m));
  for (const struct rtattr *a = (const struct rtattr *)(m + 1); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
    uint32_t info[SK_MEMINFO_VARS] = {0};
    if (a->rta_type == INET_DIAG_SKV6ONLY) s.ipv6_only = *(const uint8_t *)RTA_DATA(a);
    if (a->rta_type != INET_DIAG_SKMEMINFO) continue;
    memcpy(info, RTA_DATA(a), RTA_PAYLOAD(a) < sizeof info ? RTA_PAYLOAD(a) : sizeof info);
    if (m->idiag_state != TCP_LISTEN) s.queued = info[SK_MEMINFO_RMEM_ALLOC];
    s.drops = info[SK_MEMINFO_DROPS];
  }
  return s;
}

// Takes messages until the last. Returns how many sockets they told of, or −errno.
static int answer(int fd, bound_socket_t *sockets, int room) {
  _Alignas(struct nlmsghdr) uint8_t bytes[MESSAGE_BYTES];
  for (int count = 0;;) {
    ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    unsigned left = (unsigned)n;
    for (const struct nlmsghdr *h = (const struct nlmsghdr *)bytes; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
      if (h->nlmsg_type == NLMSG_DONE) return count;
      // Its first word is −errno.
      if (h->nlmsg_type == NLMSG_ERROR) return *(const int *)NLMSG_DATA(h);
      if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY) continue;
      if (count < room) sockets[count] = read_socket(h);
      count++;
    }
  }
}

int sock_diag(uint8_t protocol, uint8_t family, uint16_t port, bound_socket_t *sockets, int room) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) return -errno;
  int status = ask(fd, protocol, family, port);
  if (status == 0) status = answer(fd, sockets, room);
  close(fd);
  return status;
}

// The kernel tells of every UDP socket of the namespace: messages of other ports are refused before they are queued.
static int only_port(int fd, uint16_t port) {
  const uint32_t at = NLMSG_HDRLEN + offsetof(struct inet_diag_msg, id.idiag_sport);
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, at),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int udp_closings(uint16_t port) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) return -errno;
  struct sockaddr_nl groups = {
      .nl_family = AF_NETLINK,
      .nl_groups = 1U << (SKNLGRP_INET_UDP_DESTROY - 1) | 1U << (SKNLGRP_INET6_UDP_DESTROY - 1),
  };
  if (only_port(fd, port) || bind(fd, (struct sockaddr *)&groups, sizeof groups)) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int udp_closed(int fd, bound_socket_t *sockets, int room) {
  _Alignas(struct nlmsghdr) uint8_t bytes[1024];
  int count = 0;
  while (count < room) {
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN || count > 0 ? count : -errno;
    const struct nlmsghdr *h = (const struct nlmsghdr *)bytes;
    if (NLMSG_OK(h, (unsigned)n) && h->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
      sockets[count++] = read_socket(h);
  }
  return count;
}
