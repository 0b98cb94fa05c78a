# Runs a command to which the kernel refuses system calls, as it does in many containers, by seccomp:
#
#     without-system-calls.py [--error NAME] [--once FILE] CALL[,CALL…] COMMAND [ARGUMENT…]
#
# CALL is a name of <sys/syscall.h>, with :INDEX=VALUE only where an argument has that value. The error is EPERM, or the one
# named. With --once they are refused from when FILE exists on: until then a process beside the command lets them pass.
import argparse, ctypes, errno, fcntl, mmap, os, platform, re, select, signal, struct, subprocess, sys, time

PR_SET_NO_NEW_PRIVS = 38
SECCOMP, PIDFD_OPEN, PIDFD_GETFD = {"x86_64": 317, "aarch64": 277}[platform.machine()], 434, 438
SET_MODE_FILTER, NEW_LISTENER = 1, 8
RECEIVE, SEND, CONTINUE = 0xC0502100, 0xC0182101, 1
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER, ARGUMENTS = 0, 16
ALLOW, REFUSE, ASK = 0x7FFF0000, 0x00050000, 0x7FC00000

libc = ctypes.CDLL(None, use_errno=True)


def numbers():
    """The number of each system call here, as the compiler knows it."""
    text = subprocess.run(
        ["cc", "-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"], check=True, capture_output=True, text=True
    ).stdout
    defined = dict(re.findall(r"^#define (__NR\w+) (\w+)$", text, re.M))
    while any(value in defined for value in defined.values()):
        defined = {name: defined.get(value, value) for name, value in defined.items()}
    return {name[5:]: int(value) for name, value in defined.items() if name.startswith("__NR_") and value.isdigit()}


def program(calls, action):
    """Classic BPF: code, jump if true, jump if false, value."""
    known, steps = numbers(), []
    for call in calls.split(","):
        name, _, condition = call.partition(":")
        if name not in known:
            continue  # not every machine has each, such as link
        index, value = map(int, condition.split("=")) if condition else (None, None)
        steps += [(LOAD, 0, 0, NUMBER)]
        if condition:
            steps += [(JUMP_IF_EQUAL, 0, 3, known[name]), (LOAD, 0, 0, ARGUMENTS + 8 * index)]
            steps += [(JUMP_IF_EQUAL, 0, 1, value)]
        else:
            steps += [(JUMP_IF_EQUAL, 0, 1, known[name])]
        steps += [(RETURN, 0, 0, action)]
    if not steps:
        sys.exit(f"none of these is a system call: {calls}")
    return [*steps, (RETURN, 0, 0, ALLOW)]


def install(steps, flags=0):
    """Puts the filter in force for this process and all that it starts. Returns the file descriptor to answer by, if any."""
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter_ = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))
    result = -1 if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) else libc.syscall(SECCOMP, SET_MODE_FILTER, flags, filter_)
    if result < 0:
        sys.exit(f"no filter: {os.strerror(ctypes.get_errno())}")
    return result


def answer(listener, number, file):
    """Lets calls pass until the file is there, and refuses them from then on, until nobody is left to make any."""
    refusing = False
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while True:
        if any(events & select.POLLHUP for _, events in poll.poll()):
            return
        asked = bytearray(80)
        try:
            fcntl.ioctl(listener, RECEIVE, asked)
            refusing = refusing or os.path.exists(file)
            outcome = (0, -number, 0) if refusing else (0, 0, CONTINUE)
            fcntl.ioctl(listener, SEND, struct.pack("=Qqii", struct.unpack_from("=Q", asked)[0], *outcome))
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.EINTR):  # who asked has ended
                raise


def ask_beside(calls, number, file):
    """Starts the process that answers, and lets it have the other end of the filter."""
    own, shared = os.getpid(), mmap.mmap(-1, 2)
    if os.fork() == 0:
        os.setsid()
        for fd in (0, 1, 2):
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
        pidfd = libc.syscall(PIDFD_OPEN, own, 0)
        while not shared[0]:
            time.sleep(0.001)
        listener = libc.syscall(PIDFD_GETFD, pidfd, shared[0], 0)
        shared[1] = 1
        answer(listener, number, file)
        os._exit(0)
    shared[0] = install(program(calls, ASK), NEW_LISTENER)
    while not shared[1]:  # by no system call, since it might be one of those
        pass


parser = argparse.ArgumentParser()
parser.add_argument("--error", default="EPERM")
parser.add_argument("--once")
parser.add_argument("calls")
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()
error = getattr(errno, options.error)
if options.once:
    ask_beside(options.calls, error, options.once)
else:
    install(program(options.calls, REFUSE | error))
os.execvp(options.command[0], options.command)
