// What a TUN device and a network namespace of our own need of the kernel's routing socket. All return 0 or −errno.
#ifndef RPNET_RTNETLINK_H
#define RPNET_RTNETLINK_H
#include <stdint.h>

// Sets a device up: its MTU, how many packets wait to be read at most, no queue before that, and 127.0.0.0/8 taken by it.
int link_set_up(int index, uint32_t mtu, uint32_t queue);
// Sends what goes to a prefix of IPv4 by the device, also where the prefix is of lo.
int link_route(int index, uint32_t network, uint8_t length);
// Makes all addresses of a prefix of IPv6 this host's, by a device.
int local_route(int index, const uint8_t network[16], uint8_t length);
// What was dropped on its way to the reader of the device, since it is there.
int link_dropped(int index, uint64_t *dropped);
#endif
