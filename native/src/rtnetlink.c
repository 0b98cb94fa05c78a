#include "rtnetlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_BYTES = 8192 };

typedef struct {
  struct nlmsghdr header;
  union {
    struct ifinfomsg link;
    struct rtmsg route;
    struct tcmsg queue;
  } body;
  uint8_t attributes[256];
} message_t;

static message_t message(uint16_t type, uint16_t flags, size_t body) {
  message_t m = {.header = {.nlmsg_len = (uint32_t)NLMSG_LENGTH(body), .nlmsg_type = type, .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)}};
  return m;
}

static struct rtattr *add(message_t *m, uint16_t type, const void *data, size_t bytes) {
  struct rtattr *a = (struct rtattr *)((uint8_t *)m + NLMSG_ALIGN(m->header.nlmsg_len));
  *a = (struct rtattr){.rta_len = (uint16_t)RTA_LENGTH(bytes), .rta_type = type};
  if (bytes > 0) memcpy(RTA_DATA(a), data, bytes);
  m->header.nlmsg_len = NLMSG_ALIGN(m->header.nlmsg_len) + (uint32_t)RTA_ALIGN(a->rta_len);
  return a;
}

static void add_number(message_t *m, uint16_t type, uint32_t value) { add(m, type, &value, sizeof value); }

// What was added since `a` is within it.
static void close_nested(message_t *m, struct rtattr *a) {
  a->rta_len = (uint16_t)((uint8_t *)m + m->header.nlmsg_len - (uint8_t *)a);
}

// Asks, and takes the first message of the answer into `bytes`. Returns its length, 0 for an acknowledgement, or −errno.
static int ask(message_t *m, uint8_t *bytes) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return -errno;
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t n = sendto(fd, m, m->header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel);
  if (n >= 0) {
    do n = recv(fd, bytes, ANSWER_BYTES, 0);
    while (n < 0 && errno == EINTR);
  }
  int status = n < 0 ? -errno : (int)n;
  close(fd);
  const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)bytes;
  // Its first word is −errno; 0 acknowledges.
  if (status > 0 && h->nlmsg_type == NLMSG_ERROR) return *(const int *)NLMSG_DATA(h);
  return status;
}

static int demand(message_t *m) {
  _Alignas(struct nlmsghdr) uint8_t bytes[ANSWER_BYTES];
  m->header.nlmsg_flags |= NLM_F_ACK;
  return ask(m, bytes);
}

int link_set_up(int index, uint32_t mtu, uint32_t queue) {
  message_t unqueued = message(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, sizeof(struct tcmsg));
  unqueued.body.queue = (struct tcmsg){.tcm_family = AF_UNSPEC, .tcm_ifindex = index, .tcm_parent = TC_H_ROOT};
  add(&unqueued, TCA_KIND, "noqueue", sizeof "noqueue");
  int status = demand(&unqueued);
  // A kernel that has no queues to choose from has none that could lose anything.
  if (status < 0 && status != -EOPNOTSUPP) return status;
  message_t up = message(RTM_NEWLINK, 0, sizeof(struct ifinfomsg));
  up.body.link = (struct ifinfomsg){.ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  add_number(&up, IFLA_MTU, mtu);
  add_number(&up, IFLA_TXQLEN, queue);
  struct rtattr *families = add(&up, IFLA_AF_SPEC, NULL, 0), *ipv4 = add(&up, AF_INET, NULL, 0), *settings = add(&up, IFLA_INET_CONF, NULL, 0);
  add_number(&up, IPV4_DEVCONF_ROUTE_LOCALNET, 1);
  close_nested(&up, settings);
  close_nested(&up, ipv4);
  close_nested(&up, families);
  return demand(&up);
}

// In the table that is looked at first.
static int add_route(int index, struct rtmsg route, const void *network, size_t bytes) {
  message_t m = message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct rtmsg));
  route.rtm_table = RT_TABLE_LOCAL;
  route.rtm_protocol = RTPROT_STATIC;
  m.body.route = route;
  add(&m, RTA_DST, network, bytes);
  add_number(&m, RTA_OIF, (uint32_t)index);
  return demand(&m);
}

int link_route(int index, uint32_t network, uint8_t length) {
  // The prefix of lo is in that table too: the longer one goes before it.
  struct rtmsg route = {.rtm_family = AF_INET, .rtm_dst_len = length, .rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST};
  network = htonl(network);
  return add_route(index, route, &network, sizeof network);
}

int local_route(int index, const uint8_t network[16], uint8_t length) {
  struct rtmsg route = {.rtm_family = AF_INET6, .rtm_dst_len = length, .rtm_scope = RT_SCOPE_HOST, .rtm_type = RTN_LOCAL};
  return add_route(index, route, network, 16);
}

int link_dropped(int index, uint64_t *dropped) {
  _Alignas(struct nlmsghdr) uint8_t bytes[ANSWER_BYTES];
  message_t m = message(RTM_GETLINK, 0, sizeof(struct ifinfomsg));
  m.body.link = (struct ifinfomsg){.ifi_family = AF_UNSPEC, .ifi_index = index};
  int status = ask(&m, bytes);
  if (status <= 0) return status < 0 ? status : -ENODATA;
  const struct nlmsghdr *h = (const struct nlmsghdr *)bytes;
  if (!NLMSG_OK(h, (unsigned)status)) return -ENODATA;
  int left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof(struct ifinfomsg)));
  for (const struct rtattr *a = IFLA_RTA(NLMSG_DATA(h)); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
    struct rtnl_link_stats64 statistics = {0};
    if (a->rta_type != IFLA_STATS64) continue;
    memcpy(&statistics, RTA_DATA(a), RTA_PAYLOAD(a) < sizeof statistics ? RTA_PAYLOAD(a) : sizeof statistics);
    *dropped = statistics.tx_dropped;
    return 0;
  }
  return -ENODATA;
}
