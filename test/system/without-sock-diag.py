# Runs a command to which the kernel refuses netlink sockets, as it does in some containers: seccomp answers EPERM.
import ctypes, errno, os, platform, struct, sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
AF_NETLINK, SOCKET = 16, {"x86_64": 41, "aarch64": 198}[platform.machine()]
program = [  # of classic BPF: code, jump if true, jump if false, value
    (0x20, 0, 0, 0),  # load the number of the system call
    (0x15, 0, 3, SOCKET),  # another: allow
    (0x20, 0, 0, 16),  # load its first argument, the family
    (0x15, 0, 1, AF_NETLINK),  # another: allow
    (0x06, 0, 0, REFUSE),
    (0x06, 0, 0, ALLOW),
]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
filter_ = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
prctl = ctypes.CDLL(None, use_errno=True).prctl
if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0):
    sys.exit(f"no filter: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[1], sys.argv[1:])
