"""What a machine says, made fit for a terminal (pure)."""
import re
import unicodedata

COLOURS = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]")  # and cursor movements: without them the rest is easier to read


def legible(said):
    """Bytes or text without any control character but newline and tab, and without those that turn the direction of
    what is written: a machine may be an intruder's, and the terminal obeys whoever writes to it."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return "".join(one for one in COLOURS.sub("", text) if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf"))


def last_lines(said, count):
    # Not splitlines(): that also takes characters for the end of a line that a terminal does not.
    return "\n".join(legible(said).rstrip("\n").split("\n")[-count:])
