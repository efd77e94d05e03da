#!/usr/bin/env python3
"""The two control channels against a peer that answers as QEMU does.

What breaks if this fails: a story hangs when a machine does not answer, or takes an old answer for a new one.
"""
import base64
import json
import pathlib
import socket
import tempfile
import threading
import unittest

import here  # noqa: F401
from channel import Silent
from guest import Guest
from monitor import Monitor


class Peer:
    """Listens on a socket; sends `greeting`, then answers each request with what `reply` returns: bytes, or None for
    silence."""

    def __init__(self, test, reply, greeting=b""):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "s"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        self.reply, self.greeting = reply, greeting
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with self.listener, self.listener.accept()[0] as peer, peer.makefile("rb") as lines:
            peer.sendall(self.greeting)
            for line in lines:
                said = self.reply(json.loads(line.strip(b"\xff\n")))
                if said == b"":
                    return
                if said:
                    peer.sendall(said)


class GuestAgent(unittest.TestCase):
    def guest(self, reply):
        guest = Guest(Peer(self, reply).path)
        self.addCleanup(guest.close)
        return guest

    def test_a_machine_that_is_not_up_yet(self):
        self.assertFalse(self.guest(lambda asked: None).answers(0.05))

    def test_old_answers_are_dropped(self):
        guest = self.guest(lambda asked: b'{"return": 0}\n\xff{"return": %d}\n' % asked["arguments"]["id"])
        self.assertTrue(guest.answers(10))

    def test_a_command_with_its_output_and_status(self):
        told = []

        def reply(asked):
            told.append(asked)
            if asked["execute"] == "guest-exec":
                return b'{"return": {"pid": 7}}\n'
            if len(told) == 2:
                return b'{"return": {"exited": false}}\n'
            return b'{"return": {"exited": true, "exitcode": 3, "out-data": "%s"}}\n' % base64.b64encode(b"hello")
        self.assertEqual(self.guest(reply).run("true"), (3, "hello"))
        self.assertEqual(told[0]["arguments"]["arg"], ["-c", "true"])

    def test_a_command_that_does_not_end(self):
        guest = self.guest(lambda asked: b'{"return": {"pid": 7, "exited": false}}\n')
        with self.assertRaisesRegex(Silent, "not within 0.1 s: cat"):
            guest.run("cat", seconds=0.1)

    def test_a_machine_that_went_away(self):
        with self.assertRaises(Silent):
            self.guest(lambda asked: b"").run("true")


class Power(unittest.TestCase):
    def test_events_between_answers_are_kept(self):
        def reply(asked):
            if asked["execute"] == "qmp_capabilities":
                return b'{"event": "SHUTDOWN", "data": {}}\n{"return": {}}\n'
            return None
        monitor = Monitor(Peer(self, reply, b'{"QMP": {}}\n').path)
        self.addCleanup(monitor.close)
        self.assertEqual(monitor.wait_for("SHUTDOWN", 10)["event"], "SHUTDOWN")
        with self.assertRaises(Silent):
            monitor.wait_for("SHUTDOWN", 0.05)


if __name__ == "__main__":
    unittest.main()
