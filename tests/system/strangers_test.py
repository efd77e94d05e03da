#!/usr/bin/python3
"""Strangers hold sessions with a byte now and then, fill the handshakes in flight, and wait for approvals in vain.

What breaks if this fails: anyone who can reach the port can keep machines from enrolling and from coming back.
"""
import contextlib
import socket
import ssl
import subprocess
import threading

from relay import stranger_tls
from scene import arguments, fleet, require

FLOODERS = [f"127.0.0.{n}" for n in range(2, 6)]


def make_stranger(folder):
    """A stranger's own certificate: only the key in it is read."""
    key, certificate = folder / "stranger.key", folder / "stranger.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-subj", "/CN=stranger", "-days", "2"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    tls = stranger_tls(certificate, key)
    tls.set_alpn_protocols(["muster-enrol/1"])
    return tls


class Flood:
    """Sessions and half-open connections from a few addresses; each one that ends is opened again."""

    def __init__(self, port, tls):
        self.port, self.tls, self.over = port, tls, threading.Event()
        self.opened = 0
        self.threads = [threading.Thread(target=self.one, args=(address, number % 2 == 0), daemon=True)
                        for address in FLOODERS for number in range(16)]

    def connect(self, address):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5, source_address=(address, 0))

    def one(self, address, shakes_hands):
        while not self.over.is_set():
            with contextlib.suppress(OSError, ssl.SSLError):
                with self.connect(address) as plain:
                    channel = self.tls.wrap_socket(plain) if shakes_hands else plain
                    self.opened += 1
                    while not self.over.wait(0.2):
                        channel.sendall(b"\0" if shakes_hands else b"\x16")
            self.over.wait(0.05)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(10)


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["web-1", "web-2"], attestation=1, lease=60) as scene:
        config = scene.dir / "service.yaml"
        # Strangers: 16 of the 160, 4 of each address; handshakes in flight: 16, 4 of each address.
        config.write_text(config.read_text().replace("limits:\n", "limits:\n  sessions: 160\n  half_open: 16\n"
                                                                  "  pending_expiry: 3s\n"))
        scene.make_machines()
        scene.start_service()
        with Flood(scene.port, make_stranger(scene.dir)) as flood:
            scene.until("the flood is there", lambda: flood.opened > 40)
            for name in scene.names:
                scene.start_agent(name)
            scene.until("both machines enrolled and attested",
                        lambda: len([node for node in scene.nodes().values() if node["attested"]]) == 2)
            require(True, "machines enrol while strangers fill their limits")
            scene.stop("web-1")
            scene.start_agent("web-1")
            scene.until("web-1 is back", lambda: scene.tail("web-1", 50).count("agent.connected") >= 2)
            require(flood.opened > 40, "and come back")
        lines = (scene.dir / "ras.log").read_text(errors="replace").count("session.")
        require(lines < 2000, f"and the log has {lines} lines about sessions, not one for each session")


if __name__ == "__main__":
    main()
