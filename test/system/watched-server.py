# A server that is not rpbench's, one process with all its sockets. Arguments: what they are, how many, and how many are read.
#   udp N R     sockets on 127.0.0.1, of which R have a thread that answers
#   tcp N 0     listeners, from which nobody accepts
#   shared 1 W  one listener with SO_REUSEPORT, and W processes that wait for it, each with an epoll set
#   dual 1 1    a socket on 0.0.0.0 and one on [::], which takes IPv4 too
# Says its port; then takes `close I` and `open`, and says `done`. Ends with its standard input.
import os, select, signal, socket, sys, threading

kind, count, reading = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
port = 0


def bind(family, type, address):
    global port
    s = socket.socket(family, type)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    s.bind((address, port))
    port = s.getsockname()[1]
    if type == socket.SOCK_STREAM:
        s.listen(8)
    return s


def answer(s):
    while True:
        data, sender = s.recvfrom(2048)
        if sender is None:
            return
        s.sendto(data, sender)


def wait(s):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    poll = select.epoll()
    poll.register(s, select.EPOLLIN)
    while True:
        poll.poll()
        s.accept()[0].close()


def read_by_thread(s):
    threading.Thread(target=answer, args=(s,), daemon=True).start()


if kind == 'dual':
    sockets = [bind(socket.AF_INET, socket.SOCK_DGRAM, '0.0.0.0')]
    both = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    both.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    both.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    both.bind(('::', port))
    sockets.append(both)
else:
    type = socket.SOCK_DGRAM if kind == 'udp' else socket.SOCK_STREAM
    sockets = [bind(socket.AF_INET, type, '127.0.0.1') for _ in range(count)]

workers = []
if kind == 'udp':
    for s in sockets[:reading]:
        read_by_thread(s)
if kind == 'shared':
    for _ in range(reading):
        pid = os.fork()
        if pid == 0:
            wait(sockets[0])
        workers.append(pid)

print(port, *workers, flush=True)
for line in sys.stdin:
    word, *index = line.split()
    if word == 'close':
        s = sockets[int(index[0])]
        try:
            # A thread that waits in it would keep it.
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        s.close()
    else:
        sockets.append(bind(socket.AF_INET, socket.SOCK_DGRAM, '127.0.0.1'))
        read_by_thread(sockets[-1])
    print('done', flush=True)
for pid in workers:
    os.kill(pid, signal.SIGKILL)
