"""QEMU's monitor (QMP): events of the machine's power, and control over it."""
import time

from channel import Channel, Silent
from json_lines import answer, command


class Monitor:
    def __init__(self, path):
        self.channel = Channel(path)
        self.events = []
        self.channel.receive(10)  # the greeting
        self.ask("qmp_capabilities")

    def ask(self, name, arguments=None, seconds=10):
        self.channel.send(command(name, arguments))
        while True:
            reply = self.channel.receive(seconds)
            if "event" not in reply:
                return answer(reply)
            self.events.append(reply)

    def wait_for(self, event, seconds):
        """The event of that name; raises Silent."""
        deadline = time.monotonic() + seconds
        while True:
            for seen in self.events:
                if seen["event"] == event:
                    self.events.remove(seen)
                    return seen
            self.events.append(self.channel.receive(max(0, deadline - time.monotonic())))

    def quit(self):
        try:
            self.ask("quit")
        except Silent:
            pass  # it did

    def close(self):
        self.channel.close()
