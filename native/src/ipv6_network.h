// The network of IPv6 that a network namespace of our own has: a prefix of those that nobody routes (RFC 4193), "rpbench" in
// letters. The same as in src/plan/flow-sources.ts.
#ifndef RPNET_IPV6_NETWORK_H
#define RPNET_IPV6_NETWORK_H

#define IPV6_NETWORK {0xfd, 'r', 'p', 'b', 'e', 'n', 'c', 'h'}
enum { IPV6_NETWORK_BITS = 64 };
enum { LOOPBACK_INDEX = 1 };  // of lo, in every network namespace
#endif
