#!/usr/bin/python3
"""One certificate of a machine opens more sessions than a machine may have, and sends nothing in them.

What breaks if this fails: a holder of one machine's certificate takes the sessions of the whole fleet, or displaces
the machine's own session.
"""
import socket
import ssl

from relay import stranger_tls
from scene import arguments, fleet, require

SEATS = 8  # protocol/node_seats.hpp


def is_open(channel):
    """Whether the service still holds it: to a session without a hello, the service sends nothing until it ends it."""
    channel.settimeout(0.02)  # in total less than three beats, after which silence ends a session
    try:
        while channel.recv(4096):
            pass
        return False
    except TimeoutError:
        return True
    except (ssl.SSLError, ConnectionError):
        return False


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["web-1"], attestation=1, lease=60) as scene:
        scene.lab("vendor", scene.dir / "vendor")
        scene.lab("create", scene.dir / "web-1", "--vendor", scene.dir / "vendor", "--hostname", "web-1")
        scene.lab("boot", scene.dir / "web-1", "--files", "20")
        scene.adopt_paths("web-1")
        scene.start_service()
        scene.start_agent("web-1")
        scene.until("attested", lambda: any(node["attested"] for node in scene.nodes().values()))
        state = scene.dir / "web-1.state"
        tls = stranger_tls(state / "node.crt", state / "node.key")
        tls.set_alpn_protocols(["muster/1"])
        channels = [tls.wrap_socket(socket.create_connection(("127.0.0.1", scene.port), timeout=10))
                    for _ in range(SEATS + 4)]
        held = []

        def settled():  # a client believes that it is connected before the service gives it a seat
            held[:] = [is_open(channel) for channel in channels]
            return sum(held) == SEATS - 1

        scene.until(f"with the machine's own session it has {SEATS}, whoever asks for more", settled)
        require(held[-1] and not held[0], "the oldest silent session gave way")
        require(scene.nodes()["web-1"]["connected"], "the machine's own session stays")
        for channel in channels:
            channel.close()


if __name__ == "__main__":
    main()
