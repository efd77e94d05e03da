#!/usr/bin/env python3
"""The units of the pure folders that a change concerns, one on each line: `./run tidy` reads these.

    changed.py [REV]    units that changed since REV, or that include a header that did, at whatever distance. Without
                        REV: since the day before the newest commit
    changed.py --all    every unit
"""
import pathlib
import subprocess
import sys

import layout

ROOT = pathlib.Path(__file__).resolve().parents[2]
DAY = 24 * 60 * 60
# The build that clang-tidy takes its flags from has folders as units, and for their files those of a neighbour: none has
# the flags of libxml2.
UNREAD = {"extraction/rim"}
RULES = {".clang-tidy", "CMakeLists.txt", "CMakePresets.json"}


def git(*words):
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"changed.py: git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def day_before_head():
    newest = int(git("show", "-s", "--format=%ct", "HEAD"))
    # Of a branch that is merged today every commit may be older: all of it is new where it was merged.
    return git("rev-list", "-1", "--first-parent", f"--before={newest - DAY}", "HEAD")


def changed_files(revision):
    """Also what is not committed yet."""
    return set(git("diff", "--name-only", revision).split()) | set(
        git("ls-files", "--others", "--exclude-standard").split())


def pure_files(root):
    """Path: what it includes, for each source and header of the pure folders."""
    found = {}
    for path in layout.sources(root):
        own = layout.folder_of(path)
        if own is None or not own[1][2] or own[0] in UNREAD:
            continue
        lines = layout.code_lines((root / path).read_text(encoding="utf-8"))
        found[str(path)] = {line.group(1) for _, text in lines if (line := layout.INCLUDE.match(text)) and line.group(1)}
    return found


def concerned(files, changed):
    """What changed, and what includes that; everything, if what changed says how units are read."""
    if any(path in RULES or path.startswith("cmake/") for path in changed):
        return set(files)
    reached = set(changed)
    while grown := {path for path, includes in files.items() if path not in reached and includes & reached}:
        reached |= grown
    return {path for path in files if path in reached}


def with_generated(changed):
    """Code includes what is made of a schema by that name."""
    return changed | {f"{path}.h" for path in changed if path.endswith(".capnp")}


def main(words):
    files = pure_files(ROOT)
    wanted = set(files)
    if words != ["--all"]:
        since = words[0] if words else day_before_head()
        # The first commit has nothing before it: everything is new.
        if since:
            wanted = concerned(files, with_generated(changed_files(since)))
    print("\n".join(sorted(path for path in wanted if path.endswith(".cpp"))))


if __name__ == "__main__":
    main(sys.argv[1:])
