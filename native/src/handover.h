// What a front puts before each datagram that it hands on to a member: what recvmsg() told it beside the data, so that
// the member goes on as if it had taken the datagram itself. It stays on one host, between processes of one build.
#ifndef RPNET_HANDOVER_H
#define RPNET_HANDOVER_H
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

// The kernel's stamps of a datagram (SO_TIMESTAMPING): that of software first, the other two are not asked for.
typedef struct {
  struct timespec software, others[2];
} stamps_t;

// Room for stamps and a destination address (IPV6_PKTINFO, the larger; IP_PKTINFO).
enum { CONTROL_BYTES = CMSG_SPACE(sizeof(stamps_t)) + CMSG_SPACE(sizeof(struct in6_pktinfo)) };

typedef struct {
  _Alignas(struct cmsghdr) uint8_t control[CONTROL_BYTES];
  uint32_t control_length, peer_length;
  struct sockaddr_in6 peer;  // the larger of the two families
} handover_t;
#endif
