#include "own_network.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ipv6_network.h"
#include "rtnetlink.h"

static int write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t n = write(fd, text, strlen(text));
  int error = errno;
  close(fd);
  errno = error;
  return n < 0 ? -1 : 0;
}

// The user and the group that this process has, and no other.
static int map_ids(unsigned user, unsigned group) {
  char line[64];
  // Linux before 3.19 has no such file, and asks for nothing of the kind.
  if (write_file("/proc/self/setgroups", "deny") && errno != ENOENT) return -1;
  snprintf(line, sizeof line, "%u %u 1", user, user);
  if (write_file("/proc/self/uid_map", line)) return -1;
  snprintf(line, sizeof line, "%u %u 1", group, group);
  return write_file("/proc/self/gid_map", line);
}

// Lets the program that this process becomes administer its network: the user it is has no rights by itself.
static int keep_network_rights(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[2];
  if (syscall(SYS_capget, &header, sets)) return -1;
  sets[CAP_TO_INDEX(CAP_NET_ADMIN)].inheritable |= CAP_TO_MASK(CAP_NET_ADMIN);
  if (syscall(SYS_capset, &header, sets)) return -1;
  return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
}

static int loopback_up(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int status = ioctl(fd, SIOCSIFFLAGS, &request), error = errno;
  close(fd);
  errno = error;
  return status;
}

// Makes a device, which is gone again: that it can be had is to be known before anything starts.
static const char *try_device(void) {
  int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (fd < 0) return "opening /dev/net/tun";
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR};
  int status = ioctl(fd, TUNSETIFF, &request), error = errno;
  close(fd);
  errno = error;
  return status ? "making a TUN device" : NULL;
}

static const char *have_ipv6(void) {
  const uint8_t network[16] = IPV6_NETWORK;
  errno = -local_route(LOOPBACK_INDEX, network, IPV6_NETWORK_BITS);
  return errno ? "making a network of IPv6" : NULL;
}

static int tell(void) {
  struct stat at;
  char text[32];
  if (stat("/proc/self/ns/net", &at)) return -1;
  snprintf(text, sizeof text, "%llu", (unsigned long long)at.st_ino);
  return setenv(OWN_NETWORK_VARIABLE, text, 1);
}

const char *own_network_enter(own_network_t what_for) {
  unsigned user = geteuid(), group = getegid();
  if (unshare(CLONE_NEWNET)) {
    if (errno != EPERM) return "making a network namespace";
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) return "making a user namespace";
    if (map_ids(user, group)) return "naming the user of a user namespace";
    if (keep_network_rights()) return "keeping the rights in a user namespace";
  }
  if (loopback_up()) return "setting lo up in a namespace";
  const char *failed = what_for == OWN_NETWORK_TUN ? try_device() : have_ipv6();
  if (failed) return failed;
  return tell() ? "reading /proc/self/ns/net" : NULL;
}
