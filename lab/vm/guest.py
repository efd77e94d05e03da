"""Commands and files inside the machine, through qemu-guest-agent: no network, and no protocol of our own."""
import base64
import time

from channel import Channel, Silent
from json_lines import answer, command, synchronise

CHUNK = 256 << 10


class Guest:
    def __init__(self, path):
        self.channel = Channel(path)
        self.number = 0

    def answers(self, seconds):
        """Whether the agent is up: asks it once, and drops everything older."""
        self.number += 1
        deadline = time.monotonic() + seconds
        self.channel.send(synchronise(self.number))
        try:
            while True:
                reply = self.channel.receive(max(0, deadline - time.monotonic()))
                if reply.get("return") == self.number:
                    return True
        except Silent:
            return False

    def ask(self, name, arguments=None, seconds=30):
        self.channel.send(command(name, arguments))
        return answer(self.channel.receive(seconds))

    def start(self, line):
        """Runs a shell command line without waiting for its end."""
        return self.ask("guest-exec", {"path": "/bin/sh", "arg": ["-c", line], "capture-output": True})["pid"]

    def run(self, line, seconds=60):
        """(exit status, standard output and error) of a shell command line."""
        pid = self.start(line)
        deadline = time.monotonic() + seconds
        while True:
            now = self.ask("guest-exec-status", {"pid": pid})
            if now["exited"]:
                text = b"".join(base64.b64decode(now.get(name, "")) for name in ("out-data", "err-data"))
                return now.get("exitcode", -now.get("signal", 1)), text.decode(errors="replace")
            if time.monotonic() > deadline:
                raise Silent(f"in the machine, not within {seconds} s: {line}")
            time.sleep(0.05)

    def write(self, path, content):
        handle = self.ask("guest-file-open", {"path": path, "mode": "w"})
        data = content.encode() if isinstance(content, str) else content
        for start in range(0, len(data), CHUNK):
            piece = base64.b64encode(data[start:start + CHUNK]).decode()
            self.ask("guest-file-write", {"handle": handle, "buf-b64": piece})
        self.ask("guest-file-close", {"handle": handle})

    def close(self):
        self.channel.close()
