"""Output of a machine, made safe for a terminal (pure)."""
import re
import unicodedata

COLOURS = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]")  # and cursor movements: without them the rest is easier to read


def legible(said):
    """Bytes or text without control characters except newline and tab, and without those that change the writing
    direction: an intruder may control the machine, and a terminal obeys its input."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return "".join(one for one in COLOURS.sub("", text) if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf"))


def last_lines(said, count):
    # Not splitlines(): it also splits at characters that do not end a line on a terminal.
    return "\n".join(legible(said).rstrip("\n").split("\n")[-count:])
