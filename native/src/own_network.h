// A network namespace of our own, for a run that makes network devices: all of it ends with its last process.
#ifndef RPNET_OWN_NETWORK_H
#define RPNET_OWN_NETWORK_H

// The environment variable by which a program knows that it is in one: the inode of the namespace.
#define OWN_NETWORK_VARIABLE "RPBENCH_OWN_NETWORK"

// Puts this process into a new one, in which lo is up, where it may make devices, and so may the program that it becomes. A
// user who may not have one by itself gets it within a user namespace, in which he is who he was. Returns NULL, or what failed,
// with errno.
const char *own_network_enter(void);
#endif
