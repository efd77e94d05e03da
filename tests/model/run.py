#!/usr/bin/python3
"""Searches the models of this folder: each slice to its end, or to the counterexample that it must have.

    run.py [--quick] [--list] [NAME...]     exit status 1 if a slice is not as it must be, 77 if spin is missing

A slice is a model with flags. `holds` must have no error. `fails` lacks one sentence of the paper and must have a
counterexample; otherwise the sentence is not needed. `open` is built as designed and has a known weakness (README.md).
--quick searches a few slices of each model. NAME is the name of a slice or the beginning of one.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from slices import SLICES

HERE = pathlib.Path(__file__).resolve().parent
MEMORY_MB = 1500
DEPTH = 1_000_000
SECONDS = 900  # for one slice; generous, because other jobs may run at the same time
COMPILED = ["-O0", "-w", "-DSAFETY", "-DNOCLAIM", "-DCOLLAPSE", f"-DMEMLIM={MEMORY_MB}"]


def steps_of(model, flags, folder, fails):
    """The commands for a slice, to be run in its folder."""
    # Breadth first finds a shortest counterexample, which is readable.
    how = ["-DBFS"] if fails else ["-O1"]
    depth = 20_000 if fails else DEPTH
    return [["spin", *flags, "-a", f"{model}.pml"],
            ["gcc", *COMPILED, *how, "-o", "pan", "pan.c"],
            ["./pan", "-E", f"-m{depth}", "-n"]]


def search(model, flags, expected, folder):
    """Returns what was found ("holds", "fails: ...", or why neither is known) and the number of states."""
    shutil.copy(HERE / f"{model}.pml", folder)
    output = ""
    for command in steps_of(model, flags, folder, expected == "fails" and model != "enrol"):
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                                  timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"no answer in {SECONDS} s", "?"
        output = done.stdout + done.stderr
        if done.returncode != 0:
            return f"{command[0]}: {output.strip().splitlines()[-1] if output.strip() else 'no word'}", "?"
    states = re.search(r"(\d+) states, stored", output)
    seen = states.group(1) if states else "?"
    errors = re.search(r"errors: (\d+)", output)
    if errors is None or "max search depth too small" in output or "out of memory" in output:
        return "not searched to the end", seen
    if errors.group(1) == "0":
        return ("holds" if "Search not completed" not in output else "not searched to the end"), seen
    said = re.search(r"pan:\d+: (.*?) \(at depth", output)
    return "fails: " + (said.group(1) if said else "?"), seen


def judge(slice_):
    """Runs one slice and prints the outcome. True: it is as it must be."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="muster-model-") as folder:
        found, states = search(slice_.model, slice_.flags, slice_.expected, pathlib.Path(folder))
    right = found.startswith("fails") if slice_.expected != "holds" else found == "holds"
    word = slice_.expected if right else "WRONG"
    print(f"{word:6} {slice_.name:28} {time.monotonic() - began:6.1f} s {states:>9} states  "
          f"{'' if right and slice_.expected == 'holds' else found}".rstrip(), flush=True)
    return right


def chosen(given):
    """The slices selected by the arguments."""
    out = [one for one in SLICES if not given.quick or one.quick]
    if given.names:
        out = [one for one in SLICES if any(one.name.startswith(name) for name in given.names)]
    return out


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="a few of each model, under a minute")
    arguments.add_argument("--list", action="store_true", help="say which slices there are")
    arguments.add_argument("--only-parse", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("names", nargs="*", metavar="NAME")
    given = arguments.parse_args()
    slices = chosen(given)
    if not slices:
        arguments.error(f"no slice begins with {' or '.join(given.names)}")
    if given.only_parse:
        return 0
    if given.list:
        for one in slices:
            print(f"{one.expected:6} {one.name:28} {' '.join(one.flags)}")
        return 0
    missing = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
    if missing:
        print(f"model: skipped: {' and '.join(missing)} not installed; './run deps test' installs it")
        return 77
    began = time.monotonic()
    wrong = [one.name for one in slices if not judge(one)]
    print(f"model: {len(slices)} slices, {len(wrong)} wrong, {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
