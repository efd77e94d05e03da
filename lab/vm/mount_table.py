"""Reads the kernel's mount table (pure)."""
import re


def unescaped(field):
    """In the table, a blank or a backslash in a path is an octal number."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)


def mounts_below(folder, mountinfo):
    """The mount points at or below that folder, the innermost first; `mountinfo` is the text of
    /proc/self/mountinfo."""
    points = {unescaped(line.split(" ")[4]) for line in mountinfo.splitlines()}
    return sorted((point for point in points if f"{point}/".startswith(f"{folder}/")), reverse=True)
