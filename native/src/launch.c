// launch PARENT FILE ARGUMENT…: becomes FILE, which ends when PARENT does. Node's own start can hang before any
// JavaScript runs (where a thread cannot be created), so a server is tied to its parent before it is Node.
// launch network tun|ipv6 [FILE ARGUMENT…]: becomes FILE in a network namespace of its own, where a TUN device can be made, or
// which has a network of IPv6; without one, tells whether it could.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "own_network.h"

static int failed(const char *what) {
  fprintf(stderr, "Error: %s failed (%s)\n", what, strerror(errno));
  return 127;
}

static int become(char **words) {
  execv(words[0], words);
  return failed(words[0]);
}

static int in_own_network(char **words) {
  if (!words[0]) return 2;
  const char *what = own_network_enter(strcmp(words[0], "ipv6") == 0 ? OWN_NETWORK_IPV6 : OWN_NETWORK_TUN);
  if (what) return failed(what);
  return words[1] ? become(words + 1) : 0;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "network") == 0) return in_own_network(argv + 2);
  if (argc < 3) return 2;
  // The kernel sends it when the thread ends that forked, not when its process does: Node forks on its main thread,
  // which is the last to end. It stays over the exec.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL)) return failed("prctl");
  // The parent may have died before the kernel was told to watch it.
  if (getppid() != atol(argv[1])) return 1;
  return become(argv + 2);
}
