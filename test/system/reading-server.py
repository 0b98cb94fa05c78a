# A server that is not rpbench's: a UDP socket or a listener on 127.0.0.1, and processes that all read it in one way. Arguments:
#   KIND   block, poll, select, epoll, busy; or hold, where nobody reads
#   PROTO  udp: datagrams are sent back; tcp: connections are accepted and closed
#   N      processes
# Says the port and the processes, and ends with its standard input.
import os, select, signal, socket, sys, time

kind, proto, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if proto == 'udp' else socket.SOCK_STREAM)
s.bind(('127.0.0.1', 0))
if proto == 'tcp':
    s.listen(64)


def take():
    try:
        if proto == 'udp':
            data, sender = s.recvfrom(2048)
            s.sendto(data, sender)
        else:
            s.accept()[0].close()
    except BlockingIOError:
        pass


def serve():
    poll, many = select.poll(), select.epoll()
    poll.register(s, select.POLLIN)
    many.register(s, select.EPOLLIN)
    while kind == 'hold':
        time.sleep(60)
    if kind != 'epoll':
        many.close()
    while True:
        if kind == 'poll':
            poll.poll()
        elif kind == 'select':
            select.select([s], [], [])
        elif kind == 'epoll':
            many.poll()
        take()


s.setblocking(kind == 'block')
workers = []
for _ in range(count):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        serve()
    workers.append(pid)
print(s.getsockname()[1], *workers, flush=True)
s.close()
sys.stdin.read()
for pid in workers:
    os.kill(pid, signal.SIGKILL)
