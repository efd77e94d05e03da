"""The PCR values that a collection keeps next to its logs, as text."""
import re

NAMES = {"4": "sha1", "11": "sha256", "12": "sha384", "13": "sha512", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384",
         "sha512": "sha512"}
ENDINGS = (".pcrs", ".pcrs.txt", ".pcrread", ".pcrread.txt")
OF_THE_FOLDER = ("pcrs", "pcrs.txt", "pcrread.txt", "pcrread.yaml")
LINE = re.compile(r"\s*(\w+)[ :]+(\d+)[ :]+(?:0x)?([0-9a-fA-F]{40,128})\s*$")
BANK = re.compile(r"\s*(sha\d+)\s*:\s*$")
VALUE = re.compile(r"\s*(?:PCR)?[-_ ]?(\d+)\s*:\s*(?:0x)?([0-9a-fA-F]{40,128})\s*$")


def of(path, alone):
    """{bank: {PCR: hex}}. `alone`: no other log of its kind is in the folder, so the folder's values are this log's."""
    candidates = [path.parent / (path.name + ending) for ending in ENDINGS] + [path.with_suffix(end) for end in ENDINGS]
    if alone:
        candidates += [path.parent / name for name in OF_THE_FOLDER]
    for one in candidates:
        if one != path and one.is_file() and one.stat().st_size < 1 << 20:
            values = read(one.read_text(encoding="utf-8", errors="replace"))
            if values:
                return values
    return {}


def read(text):
    """Lines `sha256 0 HEX`, with the bank's name or number in the TPM, or what tpm2_pcrread prints."""
    values, bank = {}, None
    for line in text.splitlines():
        if found := BANK.match(line):
            bank = found[1]
        elif bank and (found := VALUE.match(line)):
            values.setdefault(bank, {})[int(found[1])] = found[2].lower()
        elif (found := LINE.match(line)) and found[1].lower() in NAMES:
            values.setdefault(NAMES[found[1].lower()], {})[int(found[2])] = found[3].lower()
    return values
