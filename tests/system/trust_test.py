#!/usr/bin/python3
"""Trust lists with real processes over TLS: rotations, a stolen issuer, a root kept elsewhere, machines that are away.

What breaks if this fails: a thief of the issuer of service TLS is the service for ever; or a fleet is lost in a
rotation, because a machine that was away cannot come back.
"""
import json
import shutil
import socket
import ssl
import subprocess
import threading

from scene import arguments, fleet, require, say


def status(scene):
    return json.loads(scene.muster("ca", "status", "-o", "json").stdout)


def listed(scene, name):
    """Number of the list that an agent has on disk; 0: none."""
    file = scene.dir / f"{name}.state" / "trust"
    return int.from_bytes(file.read_bytes()[1:9], "big") if file.exists() else 0


def ras_ca(scene, *words):
    config = ("--config", scene.dir / "service.yaml") if words[0] == "export-request" else ()
    return subprocess.run([str(word) for word in (scene.bin / "ras", *config, "ca", *words)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def propose(scene, *words):
    made = ras_ca(scene, "export-request", "-o", scene.dir / "request", *words)
    require(made.returncode == 0, f"a request is made: {made.stderr.splitlines()[:1]}")


def sign(scene, key, file):
    made = ras_ca(scene, "sign", "--root-key", key, "-o", file, scene.dir / "request")
    require(made.returncode == 0, f"the root signs it: {made.stderr.splitlines()[:1]}")


def rotate(scene, key, *words):
    propose(scene, *words)
    before = status(scene)["number"]
    sign(scene, key, scene.dir / f"signed-{before + 1}")
    said = scene.muster("ca", "rotate", "--signed", scene.dir / f"signed-{before + 1}").stdout
    require("(record " in said, "it comes into force, and is on record")
    require(status(scene)["number"] == before + 1, f"list {before + 1} is in force")


def everybody_has_it(scene, names):
    def done():
        now = status(scene)
        return now["current"] == now["nodes"] == len(names) and all(listed(scene, n) == now["number"] for n in names)
    scene.until("every machine has the list on its disk", done)
    scene.until("all are connected", lambda: all(one["connected"] for one in scene.nodes().values()))


class Thief(threading.Thread):
    """A server whose certificate a stolen issuer signed. It asks for nothing, and accepts whatever comes."""

    def __init__(self, port, loot):
        super().__init__(daemon=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.set_alpn_protocols(["muster/1", "muster-enrol/1"])
        chain = loot / "chain.pem"
        chain.write_text((loot / "service.pem").read_text() + (loot / "services.pem").read_text())
        self.context.load_cert_chain(chain, loot / "service.key")
        self.socket = socket.create_server(("127.0.0.1", port))
        self.taken, self.refused, self.ending = [], [], False
        self.start()

    def run(self):
        while not self.ending:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            peer.settimeout(5)
            try:
                with self.context.wrap_socket(peer, server_side=True) as channel:
                    if channel.recv(1) and channel.selected_alpn_protocol() == "muster/1":
                        self.taken.append(channel.selected_alpn_protocol())
            except (ssl.SSLError, OSError) as why:
                self.refused.append(str(why))

    def close(self):
        self.ending = True
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.join(10)


def without_root_key(scene, names):
    ca = scene.dir / "ras" / "ca"
    require(status(scene)["number"] == 0, "at first there is no list")
    scene.stop("ras")
    away = scene.dir / "where-no-network-leads"
    away.mkdir()
    shutil.move(ca / "root.key", away / "root.key")
    scene.start_service()
    scene.until("all are back", lambda: all(one["connected"] for one in scene.nodes().values()))
    require(not (ca / "root.key").exists(), "the service runs without root.key")
    typo = subprocess.run([str(scene.bin / "ras"), "ca", "sing"], capture_output=True, text=True, check=False)
    require(typo.returncode == 2 and "is it sign?" in typo.stderr,
            "an unknown command is named, with the one that was probably meant")
    return away / "root.key"


def refuses(scene, key):
    first = scene.muster("ca", "rotate", "--signed", scene.dir / "signed-1", good=(2,)).stderr
    require("is not above" in first, "an earlier list is refused")
    propose(scene)
    made = ras_ca(scene, "make-root", "Somebody", "--key", scene.dir / "other.key", "-o", scene.dir / "other.pem")
    require(made.returncode == 0, "another root is made")
    foreign = ras_ca(scene, "sign", "--root-key", scene.dir / "other.key", scene.dir / "request")
    require(foreign.returncode == 2 and "not belong to an anchor" in foreign.stderr, "a root that is not in the list signs nothing")
    (scene.dir / "rubbish").write_text("-----BEGIN MUSTER TRUST LIST-----\nAAAA\n-----END MUSTER TRUST LIST-----\n")
    scene.muster("ca", "rotate", "--signed", scene.dir / "rubbish", good=(2,))
    # Signed by the right root, but the issuer's key is gone: after that, no service could prove itself.
    sign(scene, key, scene.dir / "lost")
    next_key = scene.dir / "ras" / "ca" / "next.key"
    shutil.move(next_key, scene.dir / "next.key")
    locked = scene.muster("ca", "rotate", "--signed", scene.dir / "lost", good=(2,)).stderr
    require("next.key" in locked, "a list that would lock the service out is refused")
    shutil.move(scene.dir / "next.key", next_key)


def steal(scene):
    loot = scene.dir / "loot"
    loot.mkdir()
    for name in ("services.pem", "services.key", "service.pem", "service.key"):
        shutil.copy(scene.dir / "ras" / "ca" / name, loot / name)
    return loot


def is_refused(scene, loot, names, away):
    scene.stop("ras")
    for name in (*names, away):
        scene.stop(name)
    thief = Thief(scene.port, loot)
    scene.start_agent(away)
    scene.until("a machine that knows nothing of it believes the thief", lambda: thief.taken)
    scene.stop(away)
    thief.taken.clear()
    for name in names:
        scene.start_agent(name)
        log = scene.dir / f"{name}.log"
        scene.until("the thief is refused", lambda log=log: "is not in the trust list in force" in log.read_text())
    scene.until("again and again", lambda: len(thief.refused) > 2)
    require(not thief.taken,
            "a server with the stolen issuer's certificate gets nothing from machines that have the list")
    thief.close()
    scene.start_service()
    scene.until("they are back at the service", lambda: sum(one["connected"] for one in scene.nodes().values()) == len(names))


def another_root(scene, key, names, newcomer):
    made = ras_ca(scene, "make-root", "ras.demo root 2", "--key", scene.dir / "second.key", "-o", scene.dir / "second.pem")
    require(made.returncode == 0, "a second root is made")
    old = scene.dir / "old-root.pem"
    shutil.copy(scene.dir / "ras" / "ca" / "root.pem", old)
    rotate(scene, key, "--keep-issuer", "--add-anchor", scene.dir / "second.pem")
    everybody_has_it(scene, names)
    require(len(status(scene)["anchors"]) == 2, "for a while both roots count")
    rotate(scene, scene.dir / "second.key", "--drop-anchor", old)
    everybody_has_it(scene, names)
    one = status(scene)["anchors"]
    require(len(one) == 1 and "root 2" in one[0]["name"], "then only the new one counts")
    require((scene.dir / "ras" / "anchor.pem").read_text() == (scene.dir / "second.pem").read_text(),
            "new machines are configured with it")
    scene.start_agent(newcomer)
    scene.until("a new machine comes in and has the list", lambda: listed(scene, newcomer) == status(scene)["number"])


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    names, away, newcomer = ["node-1"], "node-2", "node-3"
    with fleet(asked.bin, [*names, away, newcomer]) as scene:
        both = [*names, away]
        scene.make_machines()
        scene.start_service()
        for name in both:
            scene.start_agent(name)
        scene.until("both are connected", lambda: sum(one["connected"] for one in scene.nodes().values()) == 2)
        key = without_root_key(scene, both)

        rotate(scene, key)
        everybody_has_it(scene, both)
        require(len(status(scene)["issuers"]) == 2, "the previous issuer counts for one more list")
        refuses(scene, key)

        loot = steal(scene)
        scene.stop(away)
        rotate(scene, key, "--withdraw")
        scene.until("who is there has it", lambda: all(listed(scene, name) == 2 for name in names))
        scene.until("the machine that is away is counted",
                    lambda: (status(scene)["current"], status(scene)["behind"]) == (1, 1))
        rotate(scene, key)
        scene.until("who is there has the next", lambda: all(listed(scene, name) == 3 for name in names))
        require(listed(scene, away) == 1, "one machine was away for two rotations")
        is_refused(scene, loot, names, away)
        scene.start_agent(away)
        everybody_has_it(scene, both)
        say("ok: it came back, over both")

        scene.stop("ras")
        for name in both:
            scene.stop(name)
        scene.start_service()
        require(status(scene)["number"] == 3 and status(scene)["unheard"] == 2, "a restart keeps the list")
        for name in both:
            scene.start_agent(name)
        everybody_has_it(scene, both)
        for name in both:
            require("this list counts in place of service.anchor" in (scene.dir / f"{name}.log").read_text(),
                    f"{name} has kept its list over a restart")

        another_root(scene, key, both, newcomer)
        entries = json.loads(scene.muster("log", "show", "--limit", "1000", "-o", "json").stdout)["entries"]
        told = [one["text"] for one in entries if one["action"] == "trust.rotate"]
        require(len(told) == 5 and all("anchors" in one for one in told), "each rotation is in the log of records")
        revoked = scene.nodes()["node-2"]["id"]
        scene.muster("node", "revoke", revoked, "--yes")
        require(status(scene)["nodes"] == 2, "revoked machines are not counted")


if __name__ == "__main__":
    main()
