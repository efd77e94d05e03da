#!/usr/bin/python3
"""Read every boot log, IMA list and quote below a folder, and compare the PCRs with the values next to them.

The exit status is 0 only without a crash, a hang or a disagreement, and 2 if there is no evidence to read. Started by `./run corpus`.
"""
import argparse
import collections
import pathlib
import re
import sys

import boot_log
import ima_list
import programs
import recognition
import values_beside

LARGEST = 256 << 20  # bytes: a file that is larger is listed and left unread
MOST_KEYS = 8


class Collection:
    def __init__(self, muster, folder):
        self.muster, self.folder = muster, folder
        self.kinds = {}
        self.counts = collections.Counter()
        self.seen = 0

    def files(self):
        """Paths and kinds of the evidence, in order."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                with open(path, "rb") as content:
                    kind = recognition.kind_of(content.read(4096), path.stat().st_size)
                self.seen += 1
                if kind:
                    self.kinds[path] = kind
        return self.kinds.items()

    def alone(self, path, kind):
        return [one for one in path.parent.iterdir() if self.kinds.get(one) == kind] == [path]

    def line(self, path, kind):
        """(word, text): the word is `agrees`, `read`, `refused`, or one that costs the exit status."""
        if path.stat().st_size > LARGEST:
            return "unread", f"larger than {LARGEST >> 20} MiB"
        return {"boot log": self.boot, "quote": self.quote}.get(kind, self.ima)(path)

    def boot(self, path):
        done = programs.run(self.muster, "eventlog", path)
        second = boot_log.replay(path.read_bytes())
        if done.broken:
            return "BROKEN", done.broken
        if done.status:
            return self.refusal(done, second)
        mine = programs.boot_values(done.output)
        differ = missing(mine, second or {}) + differences(mine, second or {}, "the second reader")
        beside = values_beside.of(path, self.alone(path, "boot log"))
        differ += differences(mine, beside, "the values next to it")
        compared = sum(len(mine[bank].keys() & pcrs.keys()) for bank, pcrs in beside.items() if bank in mine)
        return verdict(differ, compared, any((second or {}).values()), f"{sum(map(len, mine.values()))} PCRs of {', '.join(mine) or 'no bank'}")

    def ima(self, path):
        done = programs.run(self.muster, "imalog", path)
        try:
            states = ima_list.replay(path.read_bytes())
        except ima_list.TooLong as why:
            return ("BROKEN", done.broken) if done.broken else ("refused", done.said) if done.status else ("read", str(why))
        if done.broken:
            return "BROKEN", done.broken
        if done.status:
            return self.refusal(done, states)
        mine = programs.ima_values(done.output)
        differ = [] if mine or not states else ["no value of PCR 10 was printed"]
        differ += [f"PCR 10 {bank}{' (padded SHA-1)' if padded else ''}: the second reader has {states[-1][bank, padded]}"
                  for bank, padded in mine if states and states[-1].get((bank, padded), mine[bank, padded]) != mine[bank, padded]]
        compared = 0
        kind = self.kinds[path]
        for bank, pcrs in values_beside.of(path, self.alone(path, kind)).items():
            ways = [key for key in mine if key[0] == bank]
            if 10 not in pcrs or not ways:
                continue
            if pcrs[10] in [mine[way] for way in ways]:
                compared += 1
                continue
            # A list may be longer than what was extended when the PCR was read. Of a text, only SHA-1 shows where it was.
            if states and (bank, False) not in states[-1]:
                continue
            compared += 1
            if not (states and any(state.get(way) == pcrs[10] for state in states for way in ways)):
                differ.append(f"PCR 10 {bank}: the values next to it have {pcrs[10]}")
        return verdict(differ, compared, states, f"{len(states) - 1 if states else '?'} entries")

    def quote(self, path):
        keys, signature = keys_beside(path.parent), path.with_suffix(".sig")
        if not signature.is_file():
            return "unread", f"no {signature.name} next to it"
        if not keys:
            return "unread", "no key (ak.pem) next to it"
        shared = ["--quote", path, "--signature", signature, "--nonce", nonce_of(path)]
        if path.with_suffix(".pcrs").is_file():
            shared += ["--pcrs", path.with_suffix(".pcrs")]
        elif logs := [one for one, kind in self.kinds.items() if one.parent == path.parent and kind == "boot log"]:
            shared += ["--event-log", logs[0]]
        tried = [(key, programs.run(self.muster, "appraise", "--ak", key, *shared)) for key in keys]
        for _, done in tried:
            if done.broken:
                return "BROKEN", done.broken
        for key, done in tried:
            if done.status == 0:
                return "agrees", f"genuine under {key.name}"
        key, done = tried[0]
        if done.status == 1:
            return "DIFFERS", f"not genuine under {key.name}: " + " ".join((done.output or done.said).split())[:160]
        return "refused", done.said

    @staticmethod
    def refusal(done, second):
        if second:
            return "DIFFERS", f"refused, the second reader reads it whole: {done.said}"
        return "refused", done.said

    def run(self):
        for path, kind in list(self.files()):
            try:
                word, text = self.line(path, kind)
            except Exception as why:  # one file must not hide the others
                word, text = "BROKEN", f"this tool fails on it: {type(why).__name__}: {why}"[:200]
            self.counts[word] += 1
            print(f"{word:8}  {kind:8}  {printable(path.relative_to(self.folder))}  {printable(text)}", flush=True)
        total = sum(self.counts.values())
        print(f"\nevidence in {total} of {self.seen} file{'' if self.seen == 1 else 's'}: "
              + (", ".join(f"{count} {word}" for word, count in sorted(self.counts.items())) or "none recognised"))
        if not total:
            print(f"./run corpus: {printable(self.folder)}: no evidence in it. Wanted, by content and not by name: boot logs "
                  "(binary_bios_measurements), IMA lists (binary_ or ascii_runtime_measurements) and quotes (tpm2_quote -m)",
                  file=sys.stderr)
            return 2
        return 1 if self.counts["BROKEN"] or self.counts["DIFFERS"] else 0


def missing(mine, second):
    """What the second reader replays, and `muster` did not print."""
    return [f"PCR {pcr} {bank}: only the second reader has it"
            for bank, pcrs in second.items() for pcr in sorted(pcrs.keys() - mine.get(bank, {}).keys())]


def differences(mine, other, whose):
    """PCRs that both have, with unlike values: a TPM has more banks and PCRs than a log."""
    return [f"PCR {pcr} {bank}: {whose} {'have' if whose.endswith('it') else 'has'} {value}"
            for bank, pcrs in other.items() for pcr, value in sorted(pcrs.items())
            if mine.get(bank, {}).get(pcr, value) != value]


def verdict(differ, compared, second, what):
    if differ:
        more = f" (and {len(differ) - 1} more)" if len(differ) > 1 else ""
        return "DIFFERS", differ[0] + more
    if compared:
        return "agrees", f"{what}, {compared} as in the values next to it"
    if second:
        return "alike", f"{what}, read alike by both readers; no values next to it"
    return "read", f"{what}; there is nothing to compare with"


def printable(text):
    """A name of a file, or what a program said, may hold what a terminal obeys."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in str(text))


def keys_beside(folder):
    """The key by its usual name, or all that may be it: a collection of several machines does not say whose is whose."""
    for name in ("ak.pem", "ak.pub"):
        if (folder / name).is_file():
            return [folder / name]
    return sorted({one for pattern in ("*ak*.pem", "*ak*.pub") for one in folder.glob(pattern)})[:MOST_KEYS]


def nonce_of(path):
    """The one that the collection names, or that of the quote itself: a collection does not ask for freshness."""
    named = path.parent / "nonce.hex"
    if named.is_file() and named.stat().st_size < 1024:
        text = named.read_text(encoding="ascii", errors="replace").strip()
        if re.fullmatch(r"[0-9a-fA-F]*", text):
            return text
    content = path.read_bytes()
    at = 8 + int.from_bytes(content[6:8], "big")
    return content[at + 2:at + 2 + int.from_bytes(content[at:at + 2], "big")].hex()


def main():
    parser = argparse.ArgumentParser(prog="./run corpus", description=__doc__.splitlines()[0],
                                     epilog="A log's values are the text file LOG.pcrs, or pcrs or pcrread.txt in its "
                                            "folder: lines such as `sha256 0 HEX`, or what tpm2_pcrread prints.")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("folder", type=pathlib.Path, metavar="DIR", help="the collection")
    parser.add_argument("--only-parse", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} is not a folder")
    if arguments.only_parse:
        return 0
    return Collection(pathlib.Path(arguments.bin) / "muster", arguments.folder).run()


if __name__ == "__main__":
    sys.exit(main())
