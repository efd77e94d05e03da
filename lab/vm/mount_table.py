"""What the kernel's table of mounts says (pure)."""
import re


def unescaped(field):
    """A blank or a backslash in a path is written as an octal number."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)


def mounts_below(folder, mountinfo):
    """The mount points below that folder, or at it, the innermost first; `mountinfo` is the text of
    /proc/self/mountinfo."""
    points = {unescaped(line.split(" ")[4]) for line in mountinfo.splitlines()}
    return sorted((point for point in points if f"{point}/".startswith(f"{folder}/")), reverse=True)
