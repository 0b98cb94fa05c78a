"""Reads HdrHistograms by the description of their format (V2, compressed), with nothing but Python's own library.

One histogram in base64 a line of standard input; one JSON object a line of standard output, with the fields of the header
and, by the cells' rules and not by anyone's code, the highest value of each cell that is not empty with its count.
"""

import base64
import json
import struct
import sys
import zlib


def words(payload):
    """LEB128 in groups of seven bits, the least first, at most nine bytes (the last one whole); then zigzag."""
    at = 0
    while at < len(payload):
        value = shift = 0
        for place in range(9):
            byte = payload[at]
            at += 1
            if place == 8:
                value |= byte << shift
                break
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield (value >> 1) ^ -(value & 1)


def highest_of_cell(index, sub_buckets):
    half = sub_buckets // 2
    bucket = index // half - 1
    if bucket < 0:
        return index
    return (index % half + half + 1) * 2**bucket - 1


def read(text):
    data = base64.b64decode(text, validate=True)
    cookie, length = struct.unpack(">ii", data[:8])
    assert cookie == 0x1C849304 | 0x10, hex(cookie)
    assert length == len(data) - 8, length
    plain = zlib.decompress(data[8:])
    cookie, length, offset, digits, lowest, highest, ratio = struct.unpack(">iiiiqqd", plain[:40])
    assert cookie == 0x1C849303 | 0x10, hex(cookie)
    assert length == len(plain) - 40, length
    sub_buckets = 1
    while sub_buckets < 2 * 10**digits:
        sub_buckets *= 2
    cells, index = [], 0
    for word in words(plain[40:]):
        if word < 0:
            index -= word
            continue
        if word > 0:
            cells.append([highest_of_cell(index, sub_buckets), word])
        index += 1
    return {
        "offset": offset,
        "digits": digits,
        "lowest": lowest,
        "highest": highest,
        "ratio": ratio,
        "cells": cells,
    }


for line in sys.stdin:
    print(json.dumps(read(line.strip())))
