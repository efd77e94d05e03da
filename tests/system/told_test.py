#!/usr/bin/python3
"""Statements of a machine that no quote covers, over a channel that breaks.

What breaks if this fails: root lets the agent report an implant, cuts the connection before the attestation is
complete, and the machine stays trusted until its lease ends; or a machine stays untrusted for a statement that was not
true.
"""
import hashlib
import struct

from relay import Relay
from scene import arguments, fleet, require

PART = 256 * 1024  # the agent's, docs/protocol.md 9


def entry(path, content):
    """One entry of ima-ng, as the kernel lists it."""
    digest = b"sha256:\0" + hashlib.sha256(content).digest()
    name = path.encode() + b"\0"
    data = struct.pack("<I", len(digest)) + digest + struct.pack("<I", len(name)) + name
    return (struct.pack("<I", 10) + hashlib.sha1(data).digest() + struct.pack("<I", 6) + b"ima-ng"
            + struct.pack("<I", len(data)) + data)


def unproven(scene, node):
    return [one["subject"] for one in scene.detail(node)["findings"] if one["check"] == "evidence.unproven"]


def ima_log(scene, node):
    line = next(line for line in (scene.dir / f"{node}.yaml").read_text().splitlines() if "ima_log:" in line)
    return line.split(": ", 1)[1]


def lead_through(scene, node, relay):
    config = scene.dir / f"{node}.yaml"
    config.write_text(config.read_text().replace(f"127.0.0.1:{scene.port}", f"127.0.0.1:{relay.port}"))


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1"], attestation=1, lease=600) as scene:
        scene.make_machines()
        relay = Relay(scene.port)
        lead_through(scene, "node-1", relay)
        scene.start_all()
        scene.until("node-1 attested", lambda: scene.nodes().get("node-1", {}).get("attested"))
        scene.muster("node", "name", scene.nodes()["node-1"]["id"], "node-1")
        scene.muster("reference", "accept", "demo", "--from", "node-1")
        scene.until("node-1 trusted", lambda: scene.shown("node-1") == "trusted")
        log = ima_log(scene, "node-1")
        with open(log, "rb") as file:
            honest = file.read()

        # The list runs ahead of the quote. The machine lies: the TPM was never extended.
        with open(log, "ab") as file:
            file.write(entry("/usr/bin/ahead", b"bad"))
        scene.until("an implant after the quote's prefix is bad news", lambda: unproven(scene, "node-1"))
        require(scene.shown("node-1") == "untrusted" and unproven(scene, "node-1") == ["/usr/bin/ahead"],
                "the finding names the implant, and a lease of ten minutes does not help")
        with open(log, "r+b") as file:
            file.truncate(len(honest))
        scene.until("whole logs that verify end an untrue finding",
                    lambda: scene.shown("node-1") == "trusted" and not unproven(scene, "node-1"))

        # The channel breaks while the list is being sent: its first part contains the implant, the last part never
        # comes.
        known = entry("/usr/bin/known", b"good")
        relay.cut_after = PART + PART // 2
        with open(log, "ab") as file:
            file.write(entry("/usr/bin/cut-off", b"bad") + known * (3 * PART // len(known)))
        scene.until("an implant that was reported before the channel broke is bad news",
                    lambda: "/usr/bin/cut-off" in unproven(scene, "node-1"))
        require(scene.shown("node-1") == "untrusted", "and the machine is untrusted, whatever its lease says")
        scene.stop("node-1")
        scene.stop("ras")
        scene.start_service()
        require(scene.shown("node-1") == "untrusted" and "/usr/bin/cut-off" in unproven(scene, "node-1"),
                "a restart of the service forgets nothing")
        relay.close()


if __name__ == "__main__":
    main()
