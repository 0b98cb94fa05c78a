"""A small server for a target on another host: remote-server.py echo|dns|http ADDRESS prints its port, and ends with standard input.

It knows nothing of rpbench: it sends back what comes (echo), says that there is no such name (dns), or says 200 (http).
"""
import os
import socket
import sys
import threading

protocol, address = sys.argv[1], sys.argv[2]


def datagrams(s):
    while True:
        data, client = s.recvfrom(65536)
        # A response (QR) with the rcode NXDOMAIN; the question stays as it is.
        s.sendto(data if protocol == 'echo' else data[:2] + b'\x81\x83' + data[4:], client)


def requests(connection):
    with connection:
        text = b''
        while data := connection.recv(65536):
            text += data
            while b'\r\n\r\n' in text:
                text = text.partition(b'\r\n\r\n')[2]
                connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')


def connections(s):
    s.listen(512)
    while True:
        connection, _ = s.accept()
        threading.Thread(target=quietly, args=[connection], daemon=True).start()


def quietly(connection):
    try:
        requests(connection)
    except ConnectionResetError:
        pass


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if protocol == 'http' else socket.SOCK_DGRAM)
s.bind((address, 0))
threading.Thread(target=connections if protocol == 'http' else datagrams, args=[s], daemon=True).start()
print(s.getsockname()[1], flush=True)
sys.stdin.read()
os._exit(0)
