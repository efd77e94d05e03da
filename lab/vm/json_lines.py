"""The framing of QEMU's two control channels, monitor (QMP) and guest agent: JSON objects, one to a line (pure)."""
import json

# The guest agent's own mark: everything before it is stale, and dropped.
DELIMITER = b"\xff"


def command(name, arguments=None):
    words = {"execute": name}
    if arguments:
        words["arguments"] = arguments
    return json.dumps(words).encode() + b"\n"


def synchronise(number):
    """The guest agent forgets earlier input, and answers `number` after a delimiter."""
    return DELIMITER + command("guest-sync-delimited", {"id": number})


class Decoder:
    """Bytes in, objects out, wherever the bytes are split."""

    LONGEST = 64 << 20

    def __init__(self):
        self.rest = b""

    def feed(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        if len(self.rest) > self.LONGEST:
            raise ValueError("a line of the control channel does not end")
        found = []
        for line in lines:
            line = line.rsplit(DELIMITER, 1)[-1].strip()
            if line:
                found.append(json.loads(line))
        return found


def answer(reply):
    """The value of an answer; ValueError with QEMU's own words for an error."""
    if "error" in reply:
        raise ValueError(reply["error"].get("desc", str(reply["error"])))
    return reply["return"]
