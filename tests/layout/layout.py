#!/usr/bin/env python3
"""Checks the tree's layers: which folder may include which, which folder is the door to which library, what pure code
must not touch, that every claimed check still has a test, and that each folder says what it is for.

    layout.py [--root DIR] includes|checks|readmes|tests   one line for each violation; exit status 1 if there is one
    layout.py [--root DIR] headers --include DIR     compiles the headers of pure folders that no source includes first
    layout.py [--root DIR] pure                      the sources of pure folders that clang-tidy can read by themselves
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import papers

# Folder: (floor, program or None, pure). A file belongs to the longest matching folder. Code includes its own folder
# and lower floors; numbers after the point order folders that share a floor. Only a program's own code may include
# that program's folders, and those on one floor (its subsystems) know each other through actors/, never by header.
FOLDERS = {
    "messages/vocabulary": (0, None, True),
    "schemas": (0, None, True),
    "crypto": (1, None, True),
    "messages": (1, None, True),
    "files": (1, None, False),  # an adapter
    "settings": (1, None, True),
    "checkup": (2, None, True),
    "tpm/format": (2, None, True),
    "tpm/files": (2.05, None, True),
    "tpm/evidence": (2.1, None, True),
    "appraisal/claims": (3.01, None, True),
    "appraisal/policy": (3.02, None, True),
    "appraisal/verdict": (3.03, None, True),
    "appraisal/reference": (3.03, None, True),
    "appraisal/kernel": (3.03, None, True),
    "appraisal/boot": (3.04, None, True),
    "appraisal/files": (3.05, None, True),
    "appraisal/extraction": (3.06, None, True),
    "appraisal/attestation": (3.06, None, True),
    "appraisal/bundle": (3.07, None, True),
    "records": (3.1, None, True),
    "standing": (3.2, None, True),
    "protocol": (3.3, None, True),
    "extraction": (3.1, None, True),
    "extraction/rim": (3.2, None, True),
    "extraction/sources": (3.2, None, False),
    "tpm/device": (3, None, False),
    "actors/runtime": (4, None, False),
    "actors/service": (4.1, None, False),
    "actors/node": (4.1, None, False),
    "actors/hub": (4.1, None, False),
    "net/proxy": (4.02, None, True),
    "net": (4.05, None, False),
    "net/link": (1.5, None, True),
    "checkup/probe": (4.2, None, False),  # an adapter
    "service": (5.1, "service", False),
    "node": (5.1, "node", False),
    "node/checkup": (5.05, "node", False),  # looks at what the subsystems keep
    "hub": (5.1, "hub", False),
    "hub/relay": (1.6, "hub", True),
    "cli": (5.1, "cli", False),
    "cli/words": (4.9, None, False),  # ras has commands, too
    "cli/files": (4.9, "cli", False),  # what commands read and write
    "cli/client": (4.95, "cli", False),  # how commands ask the service
    "lab": (5.1, "lab", False),
}
SUBSYSTEM_FLOOR = 5  # service/verifier, node/ra_agent, ...
PROGRAMS = {"service", "node", "hub", "cli", "lab"}
# They may include anything, but nothing else includes them.
OUTSIDE = {"tests", "bench"}

# Library: the folders that may open it. "main" stands for each program's main.cpp.
DOORS = [
    (r"caf/", {"actors/runtime", "actors/service", "actors/node", "actors/hub", "net", "service", "node", "hub"}),
    (r"openssl/", {"crypto", "net"}),
    (r"tss2/", {"tpm/device"}),
    (r"lmdb\.h", {"service/store"}),
    (r"kj/compat/", {"service/rest_api", "cli"}),
    (r"kj/", {"messages", "service/rest_api", "cli"}),
    (r"capnp/", {"messages"}),
    (r"yaml-cpp/", {"settings"}),
    (r"re2/", {"appraisal/policy"}),
    (r"libxml/", {"extraction/rim"}),
    (r"(archive|archive_entry)\.h$", {"extraction/sources"}),
    (r"(ext2fs|et)/", {"extraction/sources"}),
    (r"CLI/", {"main", "cli", "service"}),
    (r"(spdlog|fmt)/", {"actors/runtime"}),
    (r"nlohmann/", {"messages"}),
    (r"doctest/", set()),
]

# Headers that make code impure: threads, files, the clock, the operating system.
IMPURE_HEADERS = re.compile(
    r"(thread|mutex|shared_mutex|semaphore|latch|barrier|condition_variable|future|fstream|iostream|filesystem|csignal|random"
    r"|unistd\.h|pwd\.h|grp\.h|fcntl\.h|poll\.h|signal\.h|pthread\.h|dirent\.h|netdb\.h|(sys|netinet|arpa|linux)/.*)$")
IMPURE_WORDS = re.compile(
    r"\b(system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday|localtime|X509_cmp_current_time"
    r"|X509_gmtime_adj|getenv|this_thread|fopen|popen)\b|\btime\(\s*(nullptr|NULL|0)\s*\)|\bstd::clock\(")

MOST_SOURCES = 3      # in a folder without a README
LONGEST_README = 60   # lines: about a screen
LONGEST_TEST = 450    # lines: then it is split by what it shows

# Folders below tests/ that mirror no folder: tests of the whole, of the tree, or of a way of testing.
NO_MIRROR = {"data", "fresh", "fuzz", "layout", "liar", "model", "mutations", "simulation", "system"}
MIRRORED_AS = {"vocabulary": "messages/vocabulary"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
CHECK_TEST = re.compile(r'TEST_CASE(?:_FIXTURE)?\s*\([^"]*"check (\d\d): ')


def sources(root):
    """Every source and header of this repository, as a path relative to `root`."""
    for top in sorted({folder.split("/")[0] for folder in FOLDERS} | {"actors", "tpm"} | OUTSIDE):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".hpp", ".cpp", ".h") and path.is_file():
                yield path.relative_to(root)


def folder_of(path):
    """The folder in the table with its (floor, program, pure), or None."""
    parent = path.parent
    if len(parent.parts) >= 2 and parent.parts[0] in PROGRAMS:
        folder = "/".join(parent.parts[:2])
        return folder, FOLDERS.get(folder, (SUBSYSTEM_FLOOR, parent.parts[0], False))
    for candidate in [parent, *parent.parents]:
        if str(candidate) in FOLDERS:
            return str(candidate), FOLDERS[str(candidate)]
    return None


def may_include(own, other):
    """Whether code of folder `own` may include a header of folder `other`."""
    (own_name, (own_floor, own_program, _)), (other_name, (floor, program, _)) = own, other
    if own_name == other_name:
        return True
    return floor < own_floor and program in (None, own_program)


def is_door(path, folder, doors):
    """Whether `path` in `folder` may open a library that has these doors."""
    whole = {folder, folder.split("/")[0]} if folder.split("/")[0] in PROGRAMS else {folder}
    return bool(whole & doors) or ("main" in doors and path.name == "main.cpp")


def code_lines(text):
    """Numbered lines without their // comments."""
    for number, line in enumerate(text.splitlines(), 1):
        yield number, re.sub(r"//.*", "", line)


def quoted_problem(root, own, target):
    """The problem of #include "target", or None."""
    path = pathlib.PurePosixPath(target)
    if path.parts[0] in OUTSIDE:
        return "nothing includes tests/ or bench/"
    generated = path.suffix == ".h" and (root / path.with_suffix("")).suffix == ".capnp"
    if ".." in path.parts or not (generated or (root / path).is_file()):
        return "is no file when read from the repository's root"
    other = folder_of(path)
    if other is None:
        return "lies in no folder of the table"
    if not may_include(own, other):
        return f"{own[0]} (floor {own[1][0]}) may not know {other[0]} (floor {other[1][0]})"
    return None


def system_problem(path, own, target):
    """The problem of #include <target>, or None."""
    if own[1][2] and IMPURE_HEADERS.match(target):
        return f"{own[0]} is pure"
    for pattern, doors in DOORS:
        if re.match(pattern, target):
            return None if is_door(path, own[0], doors) else f"{own[0]} is not its door"
    return None


def check_includes(root):
    for path in sources(root):
        if path.parts[0] in OUTSIDE:
            continue
        own = folder_of(path)
        if own is None:
            yield f"{path}: lies in no folder of the table in tests/layout/layout.py"
            continue
        for number, line in code_lines((root / path).read_text(encoding="utf-8")):
            if found := INCLUDE.match(line):
                quoted, system = found.groups()
                problem = quoted_problem(root, own, quoted) if quoted else system_problem(path, own, system)
                if problem:
                    yield f"{path}:{number}: {quoted or system}: {problem}"
            elif own[1][2] and (word := IMPURE_WORDS.search(line)):
                yield f"{path}:{number}: {word.group(0)}: {own[0]} is pure"


def claimed_checks(root):
    text = (root / "tests/layout/claimed_checks.txt").read_text(encoding="utf-8")
    return dict(line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))


def check_claims(root):
    """Each check of docs/checks.md is claimed, each claimed check has a test, and there are no others."""
    known = papers.checks(root)
    tested = {}
    for path in sources(root):
        if path.parts[0] == "tests":
            code = "\n".join(line for _, line in code_lines((root / path).read_text(encoding="utf-8")))
            if re.search(r"doctest::(?:skip|may_fail|should_fail|expected_failures)\b", code):
                yield f"{path}: a test that is skipped, or may fail, checks nothing"
            for found in CHECK_TEST.finditer(code):
                tested.setdefault(found.group(1), path)
    claimed = claimed_checks(root)
    for number, words in claimed.items():
        if number not in tested:
            yield f"check {number} ({words}): no TEST_CASE(\"check {number}: ...\") under tests/"
    for number, path in sorted(tested.items()):
        if int(number) not in known:
            yield f"{path}: docs/checks.md has no check {number}"
    for number in sorted(claimed):
        if int(number) not in known:
            yield f"tests/layout/claimed_checks.txt: docs/checks.md has no check {number}"
    for number in sorted(known - {int(one) for one in claimed}):
        yield f"docs/checks.md: check {number} is not claimed in tests/layout/claimed_checks.txt"


def check_readmes(root):
    """A folder with more than a few files has a README of at most one screen."""
    count = {}
    for path in [*sources(root), *(one.relative_to(root) for one in sorted((root / "schemas").glob("*.capnp")))]:
        if path.parts[0] != "tests":
            count[path.parent] = count.get(path.parent, 0) + 1
    for folder, files in sorted(count.items()):
        readme = root / folder / "README.md"
        if not readme.is_file():
            if files > MOST_SOURCES:
                yield f"{folder}: {files} files and no README.md: purpose, members, who may include it, decisions"
        elif (lines := len(readme.read_text(encoding="utf-8").splitlines())) > LONGEST_README:
            yield f"{folder}/README.md: {lines} lines; a screen has {LONGEST_README}"


def is_built(root, folder):
    """Whether CMake makes a test program of a folder below tests/: by its own list, or that of tests/."""
    lists = (root / "tests/CMakeLists.txt").read_text(encoding="utf-8")
    own = root / "tests" / folder / "CMakeLists.txt"
    rooms = [f"appraisal/{room}" for line in re.findall(r"foreach\(room ([^)]*)\)", lists) for room in line.split()]
    return (re.search(rf"muster_tests\({re.escape(str(folder))}\s", lists) is not None or str(folder) in rooms
            or own.is_file() and "muster_tests(" in own.read_text(encoding="utf-8"))


def check_tests(root):
    """Tests mirror the folders of what they test, and none is too long to be read."""
    for path in sorted((root / "tests").rglob("*_test.*")):
        inner = path.relative_to(root / "tests").parent
        if path.suffix not in (".cpp", ".py") or inner.parts[:1] == ("data",):
            continue
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_TEST:
            yield f"{path.relative_to(root)}: {lines} lines; split it by what it shows ({LONGEST_TEST} at most)"
        if path.suffix == ".cpp" and (root / "tests/CMakeLists.txt").is_file() and not is_built(root, inner):
            yield f"{path.relative_to(root)}: no CMakeLists.txt makes a test program of tests/{inner}"
        tested = MIRRORED_AS.get(str(inner), str(inner))
        if not (inner.parts and inner.parts[0] in NO_MIRROR) and not (root / tested).is_dir():
            yield f"{path.relative_to(root)}: there is no folder {tested} for it to test"


def compiles(root, header, include):
    command = [os.environ.get("CXX", "c++"), "-std=c++20", "-fsyntax-only", "-w", "-x", "c++", f"-I{root}"]
    command += [f"-I{folder}" for folder in include] + [str(root / header)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"{header}: does not compile on its own\n{done.stderr[:2000]}"


def check_headers(root, include):
    """A header of a pure folder is complete: either its source includes it first, or it compiles alone."""
    alone = []
    for path in sources(root):
        own = folder_of(path) if path.parts[0] not in OUTSIDE else None
        if own is None or not own[1][2] or path.suffix != ".hpp":
            continue
        source = root / path.with_suffix(".cpp")
        first = None
        if source.is_file():
            first = next(filter(None, map(INCLUDE.match, source.read_text(encoding="utf-8").splitlines())), None)
        if first is None or first.group(1) != str(path):
            alone.append(path)
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        yield from filter(None, pool.map(lambda path: compiles(root, path, include), alone))


def pure_sources(root):
    """The sources of pure folders, except extraction/rim: in a folder that is one unit, clang-tidy reads the files
    with the flags of a neighbour, and no neighbour has the flags of libxml2."""
    for path in sources(root):
        own = folder_of(path) if path.parts[0] not in OUTSIDE else None
        if own is not None and own[1][2] and path.suffix == ".cpp" and own[0] != "extraction/rim":
            yield path


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    arguments.add_argument("--include", action="append", default=[], help="another include folder, for headers")
    arguments.add_argument("what", choices=["includes", "checks", "readmes", "tests", "headers", "pure"])
    given = arguments.parse_args()
    if given.what == "pure":
        print("\n".join(map(str, pure_sources(given.root))))
        return 0
    problems = {"includes": lambda: check_includes(given.root),
                "checks": lambda: check_claims(given.root),
                "readmes": lambda: check_readmes(given.root),
                "tests": lambda: check_tests(given.root),
                "headers": lambda: check_headers(given.root, given.include)}[given.what]()
    count = 0
    for problem in problems:
        print(problem)
        count += 1
    print(f"layout {given.what}: {count} violations")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
