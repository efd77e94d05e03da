"""A Unix socket that speaks JSON lines; each read has a time limit."""
import select
import socket
import time

from json_lines import Decoder


class Silent(Exception):
    """No answer came in time, or the other side is gone."""


class Channel:
    def __init__(self, path):
        self.path = str(path)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.path)
        self.decoder = Decoder()
        self.waiting = []

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as why:
            raise Silent(f"{self.path}: {why.strerror}") from why

    def receive(self, seconds):
        """The next object."""
        deadline = time.monotonic() + seconds
        while not self.waiting:
            ready, _, _ = select.select([self.socket], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise Silent(f"{self.path}: no answer within {seconds} s")
            try:
                data = self.socket.recv(1 << 16)
            except OSError as why:
                raise Silent(f"{self.path}: {why.strerror}") from why
            if not data:
                raise Silent(f"{self.path}: closed")
            self.waiting += self.decoder.feed(data)
        return self.waiting.pop(0)

    def close(self):
        self.socket.close()
