#include "tun.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rtnetlink.h"

enum {
  MOST_PACKET = 65535,
  TIME_TO_LIVE = 64,
  // Places in a packet, from its header of IP on, and in the datagram behind that.
  AT_LENGTH = 2,
  AT_FLAGS = 6,
  AT_TIME_TO_LIVE = 8,
  AT_PROTOCOL = 9,
  AT_CHECKSUM = 10,
  AT_SOURCE = 12,
  AT_DESTINATION = 16,
  AT_SOURCE_PORT = IP_HEADER,
  AT_DESTINATION_PORT = IP_HEADER + 2,
  AT_DATAGRAM_LENGTH = IP_HEADER + 4,
  AT_ICMP_TYPE = IP_HEADER,
  AT_ICMP_CODE = IP_HEADER + 1,
};
enum { IPV4_WITHOUT_OPTIONS = 0x45, DO_NOT_FRAGMENT = 0x40, ICMP_UNREACHABLE = 3, ICMP_NO_PORT = 3 };

static void put16(uint8_t *to, unsigned v) {
  to[0] = (uint8_t)(v >> 8);
  to[1] = (uint8_t)v;
}

static unsigned get16(const uint8_t *from) { return (unsigned)from[0] << 8 | from[1]; }

static void write_head(tun_t *t, const struct sockaddr_in *server, size_t payload) {
  uint8_t *ip = t->head + sizeof(struct virtio_net_hdr);
  memset(t->head, 0, sizeof t->head);
  ip[0] = IPV4_WITHOUT_OPTIONS;
  put16(ip + AT_LENGTH, (unsigned)(IP_HEADER + UDP_HEADER + payload));
  ip[AT_FLAGS] = DO_NOT_FRAGMENT;
  ip[AT_TIME_TO_LIVE] = TIME_TO_LIVE;
  ip[AT_PROTOCOL] = IPPROTO_UDP;
  memcpy(ip + AT_DESTINATION, &server->sin_addr, sizeof server->sin_addr);
  memcpy(ip + AT_DESTINATION_PORT, &server->sin_port, sizeof server->sin_port);
  put16(ip + AT_DATAGRAM_LENGTH, (unsigned)(UDP_HEADER + payload));
  t->sum = 0;
  for (int at = 0; at < IP_HEADER; at += 2) t->sum += get16(ip + at);
}

// Makes the device of `fd`, with the kernel reckoning no checksum of what is read. Returns its index or −errno.
static int make(int fd) {
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR};
  strcpy(request.ifr_name, "rpbench%d");
  if (ioctl(fd, TUNSETIFF, &request) || ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM)) return -errno;
  unsigned index = if_nametoindex(request.ifr_name);
  return index > 0 ? (int)index : -errno;
}

int tun_open(engine_t *e, const uint16_t *ports, uint32_t queue) {
  const flow_sources_t *f = e->computed;
  tun_t *t = e->tun = calloc(1, sizeof *t);
  if (!t || !(t->port = malloc(f->sockets * sizeof *t->port))) return -ENOMEM;
  memcpy(t->port, ports, f->sockets * sizeof *t->port);
  write_head(t, (const struct sockaddr_in *)&e->server, e->payload);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), step = 0, status;
  if (fd < 0) return -errno;
  if ((status = t->index = make(fd)) < 0) step = 1;
  if (!step && (status = link_set_up(t->index, MOST_PACKET, queue)) < 0) step = 2;
  if (!step && (status = link_route(t->index, f->network, (uint8_t)(32 - f->bits))) < 0) step = 2;
  e->lanes[0] = (lane_t){.socket = fd};
  if (!step && (status = e->poller->watch(e, 0)) < 0) step = 3;
  if (!step) return 0;
  e->lanes[0].socket = -1;
  close(fd);
  return status - 4096 * step;
}

void tun_free(engine_t *e) {
  if (e->tun) free(e->tun->port);
  free(e->tun);
  e->tun = NULL;
}

double tun_drops(const engine_t *e) {
  uint64_t dropped = 0;
  int status = e->lanes[0].socket < 0 ? 0 : link_dropped(e->tun->index, &dropped);
  return status < 0 ? status : (double)dropped;
}

void tun_write(const engine_t *e, uint8_t *packet, int flow, uint64_t sequence, uint8_t phase, uint64_t sent_ns) {
  const tun_t *t = e->tun;
  flow_source_t from = flow_source(e->computed, (uint32_t)flow);
  datagram_source_t source = {.port = t->port[from.socket], .address = from.address};
  uint8_t *ip = packet + sizeof(struct virtio_net_hdr);
  uint32_t address = ntohl(from.address), sum = t->sum + (address >> 16) + (address & 0xffff);
  sum = (sum >> 16) + (sum & 0xffff);
  sum += sum >> 16;
  memcpy(packet, t->head, sizeof t->head);
  memcpy(ip + AT_SOURCE, &from.address, sizeof from.address);
  put16(ip + AT_CHECKSUM, ~sum & 0xffff);
  // The datagram itself goes without a checksum, as IPv4 allows.
  put16(ip + AT_SOURCE_PORT, source.port);
  engine_write_request_from(e, packet + TUN_HEAD, flow, source, sequence, phase, sent_ns);
}

bool tun_flow(const engine_t *e, const uint8_t *packet, size_t length, uint32_t *flow) {
  const struct sockaddr_in *server = (const void *)&e->server;
  const uint8_t *ip = packet + sizeof(struct virtio_net_hdr);
  // The kernel tells a new interface of things that are no reply, such as its neighbours over IPv6.
  if (length < TUN_HEAD || ip[0] != IPV4_WITHOUT_OPTIONS) return false;
  if (ip[AT_PROTOCOL] == IPPROTO_ICMP && ip[AT_ICMP_TYPE] == ICMP_UNREACHABLE && ip[AT_ICMP_CODE] == ICMP_NO_PORT)
    e->exchange->counters[REFUSED]++;
  if (ip[AT_PROTOCOL] != IPPROTO_UDP) return false;
  *flow = UINT32_MAX;
  if (memcmp(ip + AT_SOURCE, &server->sin_addr, sizeof server->sin_addr) || memcmp(ip + AT_SOURCE_PORT, &server->sin_port, sizeof server->sin_port))
    return true;
  uint32_t said = datagram_flow(packet + TUN_HEAD, length - TUN_HEAD) - e->first_flow;
  if (said >= e->flows) return true;
  flow_source_t asked = flow_source(e->computed, said);
  if (!memcmp(ip + AT_DESTINATION, &asked.address, sizeof asked.address) && get16(ip + AT_DESTINATION_PORT) == e->tun->port[asked.socket])
    *flow = said;
  return true;
}
