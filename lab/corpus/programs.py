"""Runs `muster` on one file, and reads what it prints."""
import dataclasses
import re
import subprocess

LIMIT = 60  # seconds, on a file that an attacker may have written
BROKEN = re.compile(r"(Sanitizer|runtime error|terminate called|Assertion).*")
BANK = re.compile(r"(\w+) as replayed")
BOOT_VALUE = re.compile(r"\s+(\d+)\s+([0-9a-f]{40,128})\b")
IMA_VALUE = re.compile(r"PCR (\d+)\s+(\w+)\s+([0-9a-f]{40,128})(\s+\(padded SHA-1\))?")


@dataclasses.dataclass
class Outcome:
    status: int = 0
    output: str = ""
    broken: str = ""  # a crash or a hang, in words
    said: str = ""  # the first line on standard error


def run(muster, *arguments):
    try:
        done = subprocess.run([str(muster), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(broken=f"hangs: no end within {LIMIT} s")
    output, errors = (one.decode("utf-8", "replace") for one in (done.stdout, done.stderr))
    broken = BROKEN.search(errors)
    if done.returncode < 0 or broken:
        return Outcome(done.returncode, output, f"crashes: {broken[0] if broken else f'signal {-done.returncode}'}")
    return Outcome(done.returncode, output, said=next(iter(errors.splitlines()), ""))


def boot_values(output):
    """{bank: {PCR: hex}} of `muster eventlog`."""
    values, bank = {}, None
    for line in output.splitlines():
        if found := BANK.match(line):
            bank = values.setdefault(found[1], {})
        elif bank is not None and (found := BOOT_VALUE.match(line)):
            bank[int(found[1])] = found[2]
    return values


def ima_values(output):
    """{(bank, padded): hex} of `muster imalog`, of PCR 10."""
    return {(found[2], bool(found[4])): found[3]
            for found in map(IMA_VALUE.match, output.splitlines()) if found and found[1] == "10"}
