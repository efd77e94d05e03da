#!/usr/bin/env python3
"""Checks comments and pages against the papers: every citation and every link must lead somewhere.

    citations.py [--root DIR]     one line for each violation; exit status 1 if there is one

A citation is the name of a paper, one blank, and a chapter (2, or item 3 of it: 2.3), a check, a principle (P1) or a rule,
on one line: docs/protocol.md 4, docs/checks.md 14 to 16, docs/checks.md P2. Outside of pages, this is the only form in
which a paper may be named. Pages may also name a paper as a whole, and link to files and headings.
"""
import argparse
import os
import pathlib
import re
import sys

import papers

SUFFIXES = {".md", ".hpp", ".cpp", ".h", ".capnp", ".py", ".txt", ".cmake", ".yaml", ".in", ".sh", ".patch"}
NAMES = {"run", ".clang-tidy", ".clang-format"}
# Foreign bytes, builds, and this folder, whose tests contain wrong citations.
SKIPPED = ("build", "tests/data", "tests/fuzz/corpus", "tests/layout", ".git")

NAMED = re.compile(r"(?<![\w/.-])(" + "|".join(re.escape(paper) for paper in papers.PAPERS) + r")(?![\w/])")
PLACE = r"(?:P\d+|\d+(?:\.\d+)?)"
PLACES = re.compile(rf" ({PLACE}(?:(?:, | to | and ){PLACE})*)")
OLD = re.compile(r"\b(?:PROTOCOL|CHECKS|DESIGN|STYLE)(?:\.md\b|[\s/#*]+\d)")
PAGE = re.compile(r"(?<![\w/.-])docs/[\w.-]+\.md\b")

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`[^`]*`")


def files(root):
    """Every file of this repository that people read, as a path relative to `root`."""
    for folder, folders, names in os.walk(root):
        here = pathlib.Path(folder).relative_to(root)
        folders[:] = sorted(name for name in folders if (here / name).as_posix() not in SKIPPED)
        for name in sorted(names):
            if name in NAMES or pathlib.Path(name).suffix in SUFFIXES:
                yield here / name


def named_places(words):
    """"14 to 16" is 14, 15, 16; "2, 3" is 2, 3."""
    parts = re.split(r"(, | to | and )", words)
    out = [parts[0]]
    for how, place in zip(parts[1::2], parts[2::2]):
        if how == " to " and out[-1].isdigit() and place.isdigit():
            out += [str(number) for number in range(int(out[-1]) + 1, int(place))]
        out.append(place)
    return out


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def citation_problems(path, text, known):
    """The problems of the citations in one file. `known`: places by paper."""
    for found in OLD.finditer(text):
        name = found.group(0).split()[0]
        yield f"{path}:{line_of(text, found.start())}: {name}: the papers are in docs/: cite docs/protocol.md 4, say"
    for found in NAMED.finditer(text):
        place = PLACES.match(text, found.end())
        where = f"{path}:{line_of(text, found.start())}: {found.group(1)}"
        if place is None:
            quoted = text[found.end():found.end() + 1] in ("'", '"', "`", ")")
            if path.suffix != ".md" and not quoted:
                yield f"{where}: names no chapter on the same line"
            continue
        for one in named_places(place.group(1)):
            if one not in known[found.group(1)]:
                yield f"{where} {one}: there is no such place"


def slug(heading):
    """The anchor of a heading: lower case, words joined by hyphens, no other punctuation."""
    words = re.sub(r"[`*]", "", heading.lstrip("#").strip()).lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def anchors(page):
    return {slug(line) for _, line in papers.unfenced(page.read_text(encoding="utf-8")) if line.startswith("#")}


def link_problem(root, path, target):
    """The problem of a link in the page `path`, or None."""
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    page = (root / path.parent / name).resolve() if name else root.resolve() / path
    if not page.is_relative_to(root.resolve()) or not page.exists():
        return "there is no such file"
    if anchor and (page.suffix != ".md" or anchor not in anchors(page)):
        return "there is no such heading"
    return None


def page_problems(root, path, text):
    """The problems of the links in one Markdown page."""
    for number, line in papers.unfenced(text):
        for target in LINK.findall(CODE.sub("", line)):
            if problem := link_problem(root, path, target):
                yield f"{path}:{number}: {target}: {problem}"


def problems(root):
    known = {paper: papers.places(root, paper) for paper in papers.PAPERS}
    for path in files(root):
        text = (root / path).read_text(encoding="utf-8")
        yield from citation_problems(path, text, known)
        for found in PAGE.finditer(text):
            if not (root / found.group(0)).is_file():
                yield f"{path}:{line_of(text, found.start())}: {found.group(0)}: there is no such page"
        if path.suffix == ".md":
            yield from page_problems(root, path, text)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    found = list(problems(arguments.parse_args().root))
    for one in found:
        print(one)
    print(f"citations: {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
