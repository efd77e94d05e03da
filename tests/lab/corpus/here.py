"""Lets a test import the modules of lab/corpus/, and makes small logs."""
import hashlib
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "lab" / "corpus")]

SPEC = struct.pack("<16sIBBBBIHHHHB", b"Spec ID Event03\0", 0, 0, 2, 0, 2, 2, 4, 20, 11, 32, 0)
HEAD = struct.pack("<II20sI", 0, 3, bytes(20), len(SPEC)) + SPEC


def event(pcr, kind, data, banks=("sha1", "sha256")):
    digests = b"".join(struct.pack("<H", {"sha1": 4, "sha256": 11}[bank]) + hashlib.new(bank, data).digest() for bank in banks)
    return struct.pack("<III", pcr, kind, len(banks)) + digests + struct.pack("<I", len(data)) + data


def entry(name=b"/bin/x", template=b"ima-ng", order="<"):
    """An entry of a binary IMA list, and its template's data."""
    digest = b"sha256:\0" + hashlib.sha256(name).digest()
    data = b"".join(struct.pack(order + "I", len(one)) + one for one in (digest, name + b"\0"))
    return (struct.pack(order + "I20sI", 10, hashlib.sha1(data).digest(), len(template)) + template
            + struct.pack(order + "I", len(data)) + data)


def extended(bank, value, digest):
    return hashlib.new(bank, value + digest).digest()
