#!/usr/bin/env python3
"""Removes each check, one patch at a time, and expects its tests to fail.

    run.py [--jobs N] [NN...]     all claimed checks, or only those numbers

Works in a copy of the tree under build/mutate/ and keeps that build, so that each patch compiles only what it changes.
Errors, with exit status 1: a claimed check without a patch; a patch that is misnamed, touches tests, does not apply or
does not compile; a check whose tests fail without the patch; and a patch that its tests do not notice.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/layout"))
import layout  # noqa: E402

PATCHES = ROOT / "tests/mutations"
WORK = ROOT / "build/mutate"
TREE = WORK / "tree"
BUILD = WORK / "build"
PATCH_NAME = re.compile(r"(\d\d)-[a-z0-9-]+\.patch$")
TEST_SECONDS = 300
# The exit status of the tests decides; a crash or a sanitizer's report counts, too.
ENVIRONMENT = {**os.environ, "CCACHE_BASEDIR": str(TREE), "CCACHE_NOHASHDIR": "1"}


class Refused(Exception):
    """The patch proves nothing; the text says why."""


def run(command, seconds=None, cwd=None):
    return subprocess.run([str(each) for each in command], cwd=cwd, env=ENVIRONMENT, timeout=seconds, check=False,
                          text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def tail(text, lines=30):
    return "\n".join(text.splitlines()[-lines:])


def tracked_files(root):
    """The files that git knows or would add: the tree as it is, committed or not, without build products."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, check=True,
                            capture_output=True).stdout
    return {name for name in listed.decode().split("\0") if name and (root / name).is_file()}


def copy_tree(root, tree):
    """Makes `tree` equal to `root`. Equal files keep their time, so that they are not compiled again."""
    wanted = tracked_files(root)
    for path in [each for each in tree.rglob("*") if each.is_file() or each.is_symlink()]:
        if str(path.relative_to(tree)) not in wanted:
            path.unlink()
    for name in wanted:
        source, target = root / name, tree / name
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    # Tests find foreign evidence in a folder next to the repository.
    beside = tree.parent / "shared"
    if (root.parent / "shared").is_dir() and not beside.exists():
        beside.symlink_to(root.parent / "shared")


def programs_of(root, number):
    """The test programs that contain a test of the check: tests/tpm/format/ is the program test_tpm_format."""
    found = set()
    for path in layout.sources(root):
        if path.parts[0] == "tests" and number in layout.CHECK_TEST.findall((root / path).read_text(encoding="utf-8")):
            found.add("test_" + "_".join(path.parent.parts[1:]))
    return sorted(found)


def touched_files(patch):
    """The files that a patch changes. It may change product code only, and neither add nor remove a file."""
    text = patch.read_text(encoding="utf-8")
    before = re.findall(r"^--- a/(\S+)", text, re.MULTILINE)
    after = re.findall(r"^\+\+\+ b/(\S+)", text, re.MULTILINE)
    if not before or before != after or "/dev/null" in text:
        raise Refused("is no patch of existing files with a/ and b/ paths")
    for name in before:
        if name.split("/")[0] in ("tests", "bench", "lab"):
            raise Refused(f"changes {name}, which is no product code")
    return before


def apply(patch, tree):
    """Applies the patch exactly: no fuzz, no part left out."""
    # git must not take the tree for a folder of the repository around it: it would silently skip every file.
    environment = {**ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = subprocess.run(["git", "apply", "-p1", "--whitespace=nowarn", str(patch)], cwd=tree, env=environment, check=False,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Refused("does not apply:\n" + tail(done.stdout))


def restore(names, root, tree):
    for name in names:
        shutil.copyfile(root / name, tree / name)


def build(programs, jobs):
    done = run(["cmake", "--build", BUILD, "-j", jobs, "--target", *programs])
    if done.returncode != 0:
        raise Refused("does not compile:\n" + tail(done.stdout))


def noticed(number, programs):
    """For each program that did not pass, how its tests of the check ended."""
    failed = {}
    for program in programs:
        try:
            done = run([BUILD / "tests" / program, f"-tc=check {number}:*"], TEST_SECONDS)
        except subprocess.TimeoutExpired:
            failed[program] = "does not end"
            continue
        if done.returncode != 0:
            failed[program] = tail(done.stdout)
    return failed


def judge(number, patch, programs, jobs):
    """Returns if the tests notice the patch, otherwise raises."""
    names = touched_files(patch)
    try:
        apply(patch, TREE)
        build(programs, jobs)
        if not noticed(number, programs):
            raise Refused(f"SURVIVES: no test named \"check {number}: ...\" in {', '.join(programs)} fails")
    finally:
        restore(names, ROOT, TREE)


def patches_by_number(folder):
    found = {}
    for patch in sorted(folder.glob("*.patch")):
        match = PATCH_NAME.match(patch.name)
        if not match:
            raise Refused(f"{patch.name}: the name is not NN-short-name.patch")
        found.setdefault(match.group(1), []).append(patch)
    return found


def work_of(wanted, claimed, patches):
    """The numbers to work on, and what is missing for them."""
    numbers = wanted or sorted(set(claimed) | set(patches))
    return numbers, [f"check {number}: no patch tests/mutations/{number}-*.patch" for number in numbers
                     if number not in patches]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments.add_argument("numbers", nargs="*", metavar="NN")
    given = arguments.parse_args()
    patches = patches_by_number(PATCHES)
    numbers, errors = work_of([each.zfill(2) for each in given.numbers], layout.claimed_checks(ROOT), patches)
    numbers = [each for each in numbers if each in patches]

    print(f"==> copy and configure {TREE.relative_to(ROOT)}", flush=True)
    TREE.mkdir(parents=True, exist_ok=True)
    copy_tree(ROOT, TREE)
    configured = run(["cmake", "--preset", "asan", "-B", BUILD], cwd=TREE)
    if configured.returncode != 0:
        raise Refused("the tree does not configure:\n" + tail(configured.stdout))

    programs = {number: programs_of(ROOT, number) for number in numbers}
    errors += [f"check {number}: no test names it" for number in numbers if not programs[number]]
    numbers = [each for each in numbers if programs[each]]
    if numbers:
        print("==> build and run the tests without any patch", flush=True)
        build(sorted({each for number in numbers for each in programs[number]}), given.jobs)
        for number in list(numbers):
            for program, output in noticed(number, programs[number]).items():
                errors.append(f"check {number}: {program} fails without any patch:\n{output}")
                numbers = [each for each in numbers if each != number]

    for number in numbers:
        for patch in patches[number]:
            begin = time.monotonic()
            try:
                judge(number, patch, programs[number], given.jobs)
                outcome = "noticed"
            except Refused as why:
                errors.append(f"{patch.name}: {why}")
                outcome = "ERROR"
            print(f"{patch.stem:<44} {outcome:<8} {time.monotonic() - begin:5.1f} s", flush=True)

    for error in errors:
        print(f"error: {error}", file=sys.stderr)
    print(f"{sum(len(patches[number]) for number in numbers)} patches, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refused as refused:
        sys.exit(f"run.py: {refused}")
