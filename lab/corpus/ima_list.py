"""A second reader of IMA lists: Linux, security/integrity/ima/ima_fs.c and ima_template_lib.c."""
import hashlib
import itertools
import re
import struct

BANKS = ("sha1", "sha256", "sha384", "sha512")
VIOLATION = bytes(20)
MOST_ENTRIES = 100_000  # all states are kept, about 2 KB each


class TooLong(Exception):
    """A list with more entries than this reader takes."""


def replay(content):
    """[{(bank, padded): hex}], one for each state of PCR 10 from before the first entry to after the last, or None for a
    list that this reader does not understand. `padded` is a bank that an old kernel extends with SHA-1 and zeros."""
    try:
        read = _text(content) if re.match(rb"\s*\d+ [0-9a-f]{40}", content) else _binary(content)
        entries = list(itertools.islice(read, MOST_ENTRIES + 1))
    except (struct.error, ValueError):
        return None
    if not entries:
        return None
    if len(entries) > MOST_ENTRIES:
        raise TooLong(f"over {MOST_ENTRIES} entries: too long for the second reader, so nothing is compared")
    states = [{(bank, padded): bytes(hashlib.new(bank).digest_size) for bank in BANKS for padded in (False, True)
               if bank != "sha1" or not padded}]
    for pcr, digest, data in entries:
        if pcr != 10:
            return None
        states.append({key: _extended(key, value, digest, data) for key, value in states[-1].items() if value})
    return [{key: value.hex() for key, value in state.items() if value} for state in states]


def _extended(key, value, digest, data):
    bank, padded = key
    size = len(value)
    if digest == VIOLATION:
        extension = b"\xff" * size
    elif padded or bank == "sha1":
        extension = digest + bytes(size - 20)
    elif data is None:
        return None  # a text does not hold the template's data
    else:
        extension = hashlib.new(bank, data).digest()
    return hashlib.new(bank, value + extension).digest()


def _binary(content):
    order = "<" if struct.unpack_from("<I", content)[0] < 24 else ">"
    at = 0
    while at < len(content):
        pcr, digest, length = struct.unpack_from(order + "I20sI", content, at)
        at += 28
        name, at = content[at:at + length], at + length
        if name == b"ima":
            size, = struct.unpack_from(order + "I", content, at + 20)
            path = content[at + 24:at + 24 + size]
            data, at = content[at:at + 20] + path.ljust(256, b"\0"), at + 24 + size
        else:
            size, = struct.unpack_from(order + "I", content, at)
            data, at = content[at + 4:at + 4 + size], at + 4 + size
        if at > len(content) or length > 255:
            raise ValueError("not whole")
        yield pcr, digest, data if order == "<" or name == b"ima" else None


def _text(content):
    for line in content.splitlines():
        if line.strip():
            pcr, digest = line.split(None, 2)[:2]
            yield int(pcr), bytes.fromhex(digest.decode("ascii", "replace")), None
