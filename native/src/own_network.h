// A network namespace of our own, for a run that makes network devices or has a network of IPv6: all of it ends with its last process.
#ifndef RPNET_OWN_NETWORK_H
#define RPNET_OWN_NETWORK_H

// The environment variable by which a program knows that it is in one: the inode of the namespace.
#define OWN_NETWORK_VARIABLE "RPBENCH_OWN_NETWORK"

// A TUN device, which was made and is gone again; all of IPV6_NETWORK, as addresses of this host.
typedef enum { OWN_NETWORK_TUN, OWN_NETWORK_IPV6 } own_network_t;

// Puts this process into a new one, in which lo is up and what it is for can be had, also by the program that it becomes. A
// user who may not have one by itself gets it within a user namespace, in which he is who he was. Returns NULL, or what failed,
// with errno.
const char *own_network_enter(own_network_t what_for);
#endif
