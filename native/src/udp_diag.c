#include "udp_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The kernel fills as much as it is given room for, up to this: about 200 sockets a message.
enum { MESSAGE_BYTES = 32768 };

static int ask(int fd, uint8_t family, uint16_t port) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } message = {
      .header = {.nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .request = {.sdiag_family = family,
                  .sdiag_protocol = IPPROTO_UDP,
                  .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
                  .idiag_states = UINT32_MAX,
                  .id.idiag_sport = htons(port)},
  };
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  return sendto(fd, &message, sizeof message, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0 ? -errno : 0;
}

static udp_socket_t read_socket(const struct nlmsghdr *h) {
  const struct inet_diag_msg *m = NLMSG_DATA(h);
  udp_socket_t s = {.family = m->idiag_family, .inode = m->idiag_inode, .uid = m->idiag_uid};
  memcpy(s.address, m->id.idiag_src, sizeof s.address);
  int left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof *m));
  for (const struct rtattr *a = (const struct rtattr *)(m + 1); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
    uint32_t info[SK_MEMINFO_VARS] = {0};
    if (a->rta_type != INET_DIAG_SKMEMINFO) continue;
    memcpy(info, RTA_DATA(a), RTA_PAYLOAD(a) < sizeof info ? RTA_PAYLOAD(a) : sizeof info);
    s.queued_bytes = info[SK_MEMINFO_RMEM_ALLOC];
    s.drops = info[SK_MEMINFO_DROPS];
  }
  return s;
}

// Takes messages until the last. Returns how many sockets they told of, or −errno.
static int answer(int fd, udp_socket_t *sockets, int room) {
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

int udp_diag(uint8_t family, uint16_t port, udp_socket_t *sockets, int room) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) return -errno;
  int status = ask(fd, family, port);
  if (status == 0) status = answer(fd, sockets, room);
  close(fd);
  return status;
}
