# Runs a command to which the kernel refuses io_uring, as it does in many containers: seccomp answers EPERM.
import ctypes, errno, os, struct, sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
program = [  # of classic BPF: code, jump if true, jump if false, value
    (0x20, 0, 0, 0),  # load the number of the system call
    (0x35, 0, 2, 425),  # below io_uring_setup: allow
    (0x25, 1, 0, 427),  # above io_uring_register: allow
    (0x06, 0, 0, REFUSE),
    (0x06, 0, 0, ALLOW),
]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
filter_ = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
prctl = ctypes.CDLL(None, use_errno=True).prctl
if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0):
    sys.exit(f"no filter: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[1], sys.argv[1:])
