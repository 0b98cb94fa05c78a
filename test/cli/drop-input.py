# Lets the kernel drop all that comes in to this network namespace: a table of nftables with a chain at the hook `input`
# whose policy is to drop. Written as netlink, since few hosts have the nft tool.
import os, socket, struct, sys

NETLINK_NETFILTER, NFTABLES = 12, 10
BATCH_BEGIN, BATCH_END, NEW_TABLE, NEW_CHAIN = 0x10, 0x11, NFTABLES << 8, NFTABLES << 8 | 3
REQUEST, ACKNOWLEDGE, CREATE, ERROR = 0x1, 0x4, 0x400, 2
INET, LOCAL_IN, DROP = 1, 1, 0


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def message(kind, family, resource, attributes=b"", flags=0):
    body = struct.pack("=BB", family, 0) + struct.pack(">H", resource) + attributes
    return struct.pack("=IHHII", 16 + len(body), kind, REQUEST | flags, 0, 0) + body


number = lambda n: struct.pack(">I", n)
hook = attribute(1, number(LOCAL_IN)) + attribute(2, number(0))
chain = (
    attribute(1, b"closed\0")
    + attribute(3, b"input\0")
    + attribute(4 | 0x8000, hook)
    + attribute(5, number(DROP))
    + attribute(7, b"filter\0")
)
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
netlink.send(
    message(BATCH_BEGIN, 0, NFTABLES)
    + message(NEW_TABLE, INET, 0, attribute(1, b"closed\0"), CREATE | ACKNOWLEDGE)
    + message(NEW_CHAIN, INET, 0, chain, CREATE | ACKNOWLEDGE)
    + message(BATCH_END, 0, NFTABLES)
)
answers = netlink.recv(65536)
if len(answers) < 20 or struct.unpack_from("=H", answers, 4)[0] != ERROR:
    sys.exit("no answer of nftables")
status = struct.unpack_from("=i", answers, 16)[0]
if status:
    sys.exit(f"no filter: {os.strerror(-status)}")
