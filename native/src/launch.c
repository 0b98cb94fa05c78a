// launch PARENT FILE ARGUMENT…: becomes FILE, which ends when PARENT does. Node's own start can hang before any
// JavaScript runs (where a thread cannot be created), so a server is tied to its parent before it is Node.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int failed(const char *what) {
  fprintf(stderr, "Error: %s failed (%s)\n", what, strerror(errno));
  return 127;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  // The kernel sends it when the thread ends that forked, not when its process does: Node forks on its main thread,
  // which is the last to end. It stays over the exec.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL)) return failed("prctl");
  // The parent may have died before the kernel was told to watch it.
  if (getppid() != atol(argv[1])) return 1;
  execv(argv[2], argv + 2);
  return failed(argv[2]);
}
