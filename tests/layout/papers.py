"""The parts of the papers that can be cited: chapters with their items, checks, principles, rules."""
import re

PAPERS = ("docs/design.md", "docs/protocol.md", "docs/checks.md", "CONTRIBUTING.md")

CHAPTER = re.compile(r"## (\d+)\. ")
ITEM = re.compile(r"(\d+)\. ")
PRINCIPLE = re.compile(r"- \*\*(P\d+) ")
FENCE = re.compile(r"\s*```")


def unfenced(text):
    """Numbered lines outside code blocks."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def places_of_chapters(text):
    """{"2", "2.3", ...}: the chapters of a paper and their numbered items."""
    out, chapter = set(), None
    for _, line in unfenced(text):
        if line.startswith("## "):
            found = CHAPTER.match(line)
            chapter = found.group(1) if found else None
            out |= {chapter} - {None}
        elif chapter and (item := ITEM.match(line)):
            out.add(f"{chapter}.{item.group(1)}")
    return out


def places_of_items(text, heading):
    """{"1", ..., "P1", ...}: the numbered items under one heading, and the principles anywhere."""
    out, inside = set(), False
    for _, line in unfenced(text):
        if line.startswith("## "):
            inside = line == heading
        elif inside and (item := ITEM.match(line)):
            out.add(item.group(1))
        elif principle := PRINCIPLE.match(line):
            out.add(principle.group(1))
    return out


def places(root, paper):
    """All places that a citation of `paper` may name."""
    text = (root / paper).read_text(encoding="utf-8")
    if paper == "docs/checks.md":
        return places_of_items(text, "## Checks")
    if paper == "CONTRIBUTING.md":
        return places_of_items(text, "## Style")
    return places_of_chapters(text)


def checks(root):
    """The numbers of the list of checks."""
    return {int(place) for place in places(root, "docs/checks.md") if place.isdigit()}
