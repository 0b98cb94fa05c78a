# Copies requests of the measured phase on their way to a port and sends them again. Arguments: the port, how many, and
# `same` (from the address and port that they came from) or `other` (from a socket of its own), or how many flows have
# their sockets open at a time: as `same`, when those of the first are closed. Needs CAP_NET_RAW.
import socket, struct, sys

port, count, source = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
first = {}
ETHERNET, IP, UDP = 14, 20, 8
tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
tap.bind(("lo", 0))
again = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("ready", flush=True)
while count > 0:
    packet = tap.recv(65536)[ETHERNET:]
    datagram = packet[IP + UDP :]
    to = struct.unpack_from("!H", packet, IP + 2)[0]
    if packet[9] != socket.IPPROTO_UDP or to != port:
        continue
    if len(datagram) < 56 or datagram[:4] != b"RRPB" or datagram[5] != 0b10:
        continue
    address = socket.inet_ntoa(packet[16:20])
    # On loopback nobody fills in the checksum: 0 stands for none.
    packet = packet[: IP + 6] + bytes(2) + datagram
    flow = packet[12:16] + packet[IP : IP + 2]
    if source.isdigit():
        first.setdefault(flow, (packet, address))
        if len(first) <= int(source):
            continue
        for copied, address in list(first.values())[:count]:
            again.sendto(copied, (address, 0))
        break
    again.sendto(packet, (address, 0)) if source == "same" else own.sendto(datagram, (address, port))
    count -= 1
