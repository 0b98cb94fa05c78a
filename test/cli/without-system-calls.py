# Runs a command to which the kernel refuses system calls, as it does in many containers: seccomp answers EPERM.
# without-system-calls.py NAME[,NAME…] COMMAND [ARGUMENT…]
import ctypes, errno, os, platform, struct, sys

CALLS = {
    "io_uring": {"x86_64": (425, 426, 427), "aarch64": (425, 426, 427)},
    "sendmmsg": {"x86_64": (307,), "aarch64": (269,)},
    "memfd_create": {"x86_64": (319,), "aarch64": (279,)},
    "socket": {"x86_64": (41,), "aarch64": (198,)},
    "getrusage": {"x86_64": (98,), "aarch64": (165,)},
    "link": {"x86_64": (86, 265), "aarch64": (37,)},
}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD_NUMBER, JUMP_IF_EQUAL, RETURN = (0x20, 0, 0, 0), 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM

numbers = [number for name in sys.argv[1].split(",") for number in CALLS[name][platform.machine()]]
program = [  # of classic BPF: code, jump if true, jump if false, value
    LOAD_NUMBER,
    *((JUMP_IF_EQUAL, len(numbers) - i, 0, number) for i, number in enumerate(numbers)),
    (RETURN, 0, 0, ALLOW),
    (RETURN, 0, 0, REFUSE),
]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
filter_ = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
prctl = ctypes.CDLL(None, use_errno=True).prctl
if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0):
    sys.exit(f"no filter: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[2], sys.argv[2:])
