"""Reads JUnit XML from standard input with a parser that is not ours, and prints what it holds as JSON."""

import json
import sys
import xml.etree.ElementTree as ElementTree


def element(node):
    return {
        "name": node.tag,
        "attributes": node.attrib,
        "text": (node.text or "").strip() if len(node) == 0 else "",
        "children": [element(child) for child in node],
    }


json.dump(element(ElementTree.fromstring(sys.stdin.buffer.read())), sys.stdout)
