"""A group that is no part of rpbench: processes that share a port and answer with their process id.

foreign-group.py udp|tcp ADDRESS PORT PROCESSES [filter|echo]: prints `PORT PID PID ...` when all are there. A line on standard
input has another process join, whose id is printed. All end when standard input does.
"""
import ctypes
import os
import signal
import socket
import struct
import sys
import threading

protocol, address, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
own_filter = sys.argv[5:] == ['filter']
echo = sys.argv[5:] == ['echo']
SO_REUSEPORT, SO_ATTACH_FILTER = 15, 26


def open_socket(port):
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM if protocol == 'udp' else socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, SO_REUSEPORT, 1)
    if own_filter:
        keep_all = ctypes.create_string_buffer(struct.pack('HBBI', 0x06, 0, 0, 0xFFFFFFFF))
        s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack('HxxxxxxQ', 1, ctypes.addressof(keep_all)))
    s.bind((address, port))
    if protocol == 'tcp':
        s.listen(512)
    return s


def send_back(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data)
        except ConnectionResetError:
            pass


def serve(s):
    me = b'%d' % os.getpid()
    connections = []
    while True:
        if protocol == 'udp':
            data, client = s.recvfrom(2048)
            s.sendto(data if echo else me, client)
        else:
            connection, client = s.accept()
            if echo:
                threading.Thread(target=send_back, args=[connection], daemon=True).start()
                continue
            connection.send(me)
            connections.append(connection)  # They live as long as their server.


def start(port):
    s = open_socket(port)
    port = s.getsockname()[1]
    pid = os.fork()
    if pid == 0:
        os.close(0)
        serve(s)
    s.close()
    return port, pid


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
pids = []
for _ in range(count):
    port, pid = start(port)
    pids.append(pid)
print(port, *pids, flush=True)
for line in sys.stdin:
    pids.append(start(port)[1])
    print(pids[-1], flush=True)
for pid in pids:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
