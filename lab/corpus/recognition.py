"""Which files of a collection are evidence. A name says nothing, so the content decides."""
import re

ASCII_ENTRY = re.compile(rb"\s*\d+ [0-9a-f]{40} (?:ima|evm-sig)")
NO_ACTION = 3  # EV_NO_ACTION
QUOTE = b"\xffTCG\x80\x18"  # TPM_GENERATED_VALUE and TPM_ST_ATTEST_QUOTE (TPM 2.0 Library, Part 2, 6.2 and 6.9)


def kind_of(content):
    """"boot log", "IMA list", "IMA text", "quote", or None."""
    if ASCII_ENTRY.match(content):
        return "IMA text"
    if content[:6] == QUOTE:
        return "quote"
    for order in ("little", "big"):
        if is_ima(content, order):
            return "IMA list"
    return "boot log" if is_boot_log(content) else None


def is_ima(content, order):
    """The head of the first entry: PCR, SHA-1 digest, length of the template's name, its name."""
    if len(content) < 31 or int.from_bytes(content[:4], order) > 23:
        return False
    length = int.from_bytes(content[24:28], order)
    name = content[28:28 + length]
    return 0 < length <= 64 and len(name) == length and (name.startswith(b"ima") or name == b"evm-sig" or b"|" in name)


def is_boot_log(content):
    """The head of the first event: PCR, a type of the specification, a digest unless nothing was extended, a size that
    fits."""
    if len(content) < 32 or int.from_bytes(content[:4], "little") > 23:
        return False
    kind, size = int.from_bytes(content[4:8], "little"), int.from_bytes(content[28:32], "little")
    typed = kind == NO_ACTION or (any(content[8:28]) and (0 < kind <= 0x12 or 0x80000000 <= kind <= 0x800000FF))
    return typed and 32 + size <= len(content)
