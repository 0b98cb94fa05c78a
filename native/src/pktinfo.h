// Flows without a socket each: a few wildcard sockets, and the source address of each datagram by IP_PKTINFO or IPV6_PKTINFO,
// there one of IPV6_NETWORK. What came to which address says whose reply it is.
#ifndef RPNET_PKTINFO_H
#define RPNET_PKTINFO_H
#include "engine.h"

// Either family's, of which that of IPv6 is the larger.
typedef union {
  struct cmsghdr first;
  uint8_t space[CMSG_SPACE(sizeof(struct in6_pktinfo))];
} pktinfo_control_t;

// Of a datagram: where it goes, where it comes from, and its bytes.
typedef struct {
  struct msghdr header;
  struct iovec bytes;
  pktinfo_control_t control;
} pktinfo_message_t;

enum {
  // Of a sender, such that what stands behind it is aligned.
  PKTINFO_NAME_4 = sizeof(struct sockaddr_in),
  PKTINFO_NAME_6 = (sizeof(struct sockaddr_in6) + 7) & ~7,
};

// The room, in bytes, that a sender and what comes with a datagram take, as a header without the room itself.
struct msghdr pktinfo_room(const engine_t *e);
// Opens wildcard socket `lane` at the port of `source`; returns as engine_open().
int pktinfo_open(engine_t *e, int lane, const struct sockaddr *source, socklen_t length);
// Writes the request of a flow to `data`, and what sends it to `m`. Returns the socket that it goes from.
uint32_t pktinfo_write(const engine_t *e, pktinfo_message_t *m, uint8_t *data, int flow, uint64_t sequence, uint8_t phase, uint64_t sent_ns);
// The flow that a datagram is for by the socket, the address and the sender that it came by; UINT32_MAX for no flow of ours.
uint32_t pktinfo_flow(const engine_t *e, uint32_t socket, const struct msghdr *came, const uint8_t *data, size_t length);
// Takes and counts what the socket was told of datagrams that nobody took.
void pktinfo_take_errors(engine_t *e, uint32_t socket);
// Sends one request by itself. Returns 0 or −errno.
int pktinfo_send(engine_t *e, uint32_t socket, const pktinfo_message_t *m);
#endif
