"""A second reader of boot logs: TCG PC Client Platform Firmware Profile 1.06, clause 10."""
import hashlib
import struct

BANKS = {0x4: "sha1", 0xB: "sha256", 0xC: "sha384", 0xD: "sha512", 0x12: "sm3_256"}
NO_ACTION, HCRTM = 0x3, 0x80000010


def replay(content):
    """{bank: {PCR: hex}} of a whole log, or None for a log that this reader does not understand."""
    try:
        return _replay(content)
    except (struct.error, ValueError):
        return None


def _replay(content):
    pcr, kind, digest, size = struct.unpack_from("<II20sI", content)
    data, at = content[32:32 + size], 32 + size
    if at > len(content):
        raise ValueError("not whole")
    agile = kind == NO_ACTION and data.startswith(b"Spec ID Event03\0")
    sizes = dict(_sizes(data)) if agile else {0x4: 20}
    # A bank that one event lacks has no replay.
    banks = {number: name for number, name in BANKS.items() if number in sizes and name in hashlib.algorithms_available}
    values = {number: {} for number in banks}
    locality = 0
    if not agile:
        at = 0
    while at < len(content):
        pcr, kind = struct.unpack_from("<II", content, at)
        if content[at:].strip(b"\xff") == b"" or content[at:].strip(b"\0") == b"":
            break  # the unused rest of a buffer
        at += 8
        digests, at = _digests(content, at, sizes) if agile else ({0x4: content[at:at + 20]}, at + 20)
        size, = struct.unpack_from("<I", content, at)
        data, at = content[at + 4:at + 4 + size], at + 4 + size
        if at > len(content) or (pcr > 23 and kind != NO_ACTION):  # Windows gives such events no PCR
            raise ValueError("not whole, or of no PCR")
        if kind == NO_ACTION:
            if data.startswith(b"StartupLocality\0") and len(data) > 16:
                locality = data[16]
            continue
        if kind == HCRTM and pcr == 0:
            locality = 4
        for number in [one for one in values if one not in digests]:
            del values[number]
        for number, bank in values.items():
            before = bank.get(pcr, bytes(sizes[number] - 1) + bytes([locality if pcr == 0 else 0]))
            bank[pcr] = hashlib.new(banks[number], before + digests[number]).digest()
    return {banks[number]: {pcr: value.hex() for pcr, value in bank.items()} for number, bank in values.items()}


def _sizes(spec):
    count, = struct.unpack_from("<I", spec, 24)
    for one in range(min(count, 16)):
        yield struct.unpack_from("<HH", spec, 28 + 4 * one)


def _digests(content, at, sizes):
    count, = struct.unpack_from("<I", content, at)
    at, found = at + 4, {}
    if count > 16:
        raise ValueError("too many digests")
    for _ in range(count):
        number, = struct.unpack_from("<H", content, at)
        if number not in sizes or number in found:
            raise ValueError("an algorithm that the log does not declare, or twice")
        found[number] = content[at + 2:at + 2 + sizes[number]]
        at += 2 + sizes[number]
    return found, at
