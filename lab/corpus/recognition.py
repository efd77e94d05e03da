"""Which files of a collection are evidence. A name says nothing, so the content decides."""
import re

ASCII_ENTRY = re.compile(rb"\s*\d+ (?:[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}) [a-z][\w|-]* ")
NO_ACTION = 3  # EV_NO_ACTION
QUOTE = b"\xffTCG\x80\x18"  # TPM_GENERATED_VALUE and TPM_ST_ATTEST_QUOTE (TPM 2.0 Library, Part 2, 6.2 and 6.9)


COLUMNS = (20, 32, 48, 64)  # of the usual list, and of those of one bank


def kind_of(content, size=None):
    """"boot log", "IMA list", "IMA text", "quote", or None, by the first bytes of a file of that size."""
    size = len(content) if size is None else size
    if ASCII_ENTRY.match(content):
        return "IMA text"
    if content[:6] == QUOTE:
        return "quote"
    if any(is_ima(content, order, column) for order in ("little", "big") for column in COLUMNS):
        return "IMA list"
    return "boot log" if is_boot_log(content, size) else None


def is_ima(content, order, column):
    """The head of the first entry: PCR, template digest, length of the template's name, its name."""
    at = 4 + column
    if len(content) < at + 7 or int.from_bytes(content[:4], order) > 23:
        return False
    length = int.from_bytes(content[at:at + 4], order)
    name = content[at + 4:at + 4 + length]
    return 0 < length <= 64 and len(name) == length and (name.startswith(b"ima") or name == b"evm-sig" or b"|" in name)


def is_boot_log(content, total):
    """The head of the first event: PCR, a type of the specification, a digest unless nothing was extended, a size that
    fits."""
    if len(content) < 32 or int.from_bytes(content[:4], "little") > 23:
        return False
    kind, size = int.from_bytes(content[4:8], "little"), int.from_bytes(content[28:32], "little")
    typed = kind == NO_ACTION or (any(content[8:28]) and (0 < kind <= 0x12 or 0x80000000 <= kind <= 0x800000FF))
    return typed and 32 + size <= total
