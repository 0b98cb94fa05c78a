# Holds one thread as a debugger does, by ptrace, until standard input ends: hold-thread.py TID. Prints a line once it is held.
import ctypes, os, sys

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT, WAIT_FOR_ALL_KINDS = 17, 0x4206, 0x4207, 0x40000000
tid = int(sys.argv[1])
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
if ptrace(PTRACE_SEIZE, tid, None, None) or ptrace(PTRACE_INTERRUPT, tid, None, None):
    sys.exit(f"no ptrace: {os.strerror(ctypes.get_errno())}")
os.waitpid(tid, WAIT_FOR_ALL_KINDS)
print("held", flush=True)
sys.stdin.read()
ptrace(PTRACE_DETACH, tid, None, None)
