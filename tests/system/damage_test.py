#!/usr/bin/python3
"""A database that is cut short, before and while the service has it open, and damaged records.

What breaks if this fails: the service dies without a word, or one damaged record keeps all machines from being judged.
"""
import hashlib
import os
import shutil
import subprocess
import time

from scene import arguments, fleet, require


def damage(database, key, marks):
    """Flips a bit after each place where `key` occurs, if one of `marks` is near: that is the record."""
    content = bytearray(database.read_bytes())
    at, done = content.find(key), 0
    while at >= 0:
        behind = bytes(content[at + len(key):at + len(key) + 700])
        found = [behind.find(mark) for mark in marks if mark in behind]
        if found:
            content[at + len(key) + min(found)] ^= 1
            done += 1
        at = content.find(key, at + 1)
    database.write_bytes(content)
    return done


def ends(scene, patience=60):
    """The exit status of `ras`, which is expected to end."""
    service = scene.processes.pop("ras")
    try:
        return service.wait(patience)
    except subprocess.TimeoutExpired:
        service.kill()
        return None


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["web-1", "db-2"], attestation=1, lease=10) as scene:
        scene.make_machines()
        scene.start_all()
        scene.until("both attested", lambda: len([1 for node in scene.nodes().values() if node["attested"]]) == 2)
        for name in scene.names:
            scene.muster("node", "name", scene.nodes()[name]["id"], name)
        scene.muster("node", "group", "db-2", "databases")
        for name, group in (("web-1", "demo"), ("db-2", "databases")):
            scene.until(f"{name} teaches its group",
                        lambda: scene.muster("reference", "accept", group, "--from", name,
                                             good=(0, 1, 3, 4)).returncode == 0)
        scene.until("both trusted", lambda: {scene.shown(name) for name in scene.names} == {"trusted"})
        ids = {name: scene.nodes()[name]["id"] for name in scene.names}
        scene.stop("ras")
        database = scene.dir / "ras" / "store" / "data.mdb"

        # The record of one group.
        require(damage(database, hashlib.sha256(b"demo").digest(), [b"demo"]) > 0, "the record of group demo is damaged")
        scene.start_service()
        scene.until("db-2 is trusted on", lambda: scene.shown("db-2") == "trusted")
        scene.until("web-1 ends as stale", lambda: scene.shown("web-1") == "stale")
        time.sleep(3)
        require(scene.shown("web-1") == "stale" and scene.shown("db-2") == "trusted",
                "web-1 stays stale; the other group continues")
        said = scene.muster("groups").stdout
        require("group demo: what is on record of it cannot be read" in said, "`muster groups` names it, with the remedy")
        scene.until("`muster node show` says why its machine gets no new verdict",
                    lambda: "no new verdict since" in scene.muster("node", "show", "web-1", good=(3,)).stdout
                    and "group demo: what is on record of it" in scene.muster("node", "show", "web-1", good=(3,)).stdout)
        require("web-1: no new verdict since" in scene.muster("nodes").stdout, "and so does `muster nodes`")
        require("group demo: what is on record" in scene.muster("campaign", "start", "demo", "--canary", "web-1",
                                                                good=(2,)).stderr,
                "a campaign of that group does not start")
        require("no new verdict since" in scene.muster("node", "attest", "web-1", "--timeout", "5s", good=(2,)).stderr,
                "and `muster node attest` says why no verdict came")
        require("event=group.damaged" in (scene.dir / "ras.log").read_text(), "and so does the log")
        scene.until("a set that is accepted again mends it",
                    lambda: scene.muster("reference", "accept", "demo", "--from", "web-1",
                                         good=(0, 1, 3, 4)).returncode == 0)
        scene.until("web-1 is trusted again", lambda: scene.shown("web-1") == "trusted")
        scene.stop("ras")

        # The record of one machine.
        require(damage(database, bytes.fromhex(ids["web-1"]), [b"web-1"]) > 0, "the record of web-1 is damaged")
        scene.start_service()
        scene.until("db-2 is trusted on", lambda: scene.shown("db-2") == "trusted")
        said = scene.muster("nodes").stdout
        require("web-1" not in scene.nodes() and f"DAMAGED: node {ids['web-1']}" in said,
                "`muster nodes` names the damaged machine")
        time.sleep(3)
        require("web-1" not in scene.nodes(), "the damaged machine gets no new record by itself")
        scene.muster("node", "forget", ids["web-1"], "--yes")
        scene.until("once it is forgotten it enrols again", lambda: "web-1" in scene.nodes())
        scene.stop("ras")

        store, kept = database.parent, scene.dir / "kept"
        shutil.copytree(store, kept)
        size = database.stat().st_size

        def restore():
            shutil.rmtree(store)
            shutil.copytree(kept, store)

        # Cut short before the start.
        os.truncate(database, size // 2)
        (scene.dir / "ras.log").unlink()
        scene.start("ras", scene.bin / "ras", "--config", scene.dir / "service.yaml")
        require(ends(scene) == 1, "ras refuses a database that was cut short")
        require("data.mdb was cut short" in scene.tail("ras") and "restore" in scene.tail("ras"),
                "and says which file, and what to restore")
        restore()

        # Emptied, or gone: its revocations would go with it.
        for gone in (lambda: os.truncate(database, 0), lambda: shutil.rmtree(store)):
            gone()
            scene.start("ras", scene.bin / "ras", "--config", scene.dir / "service.yaml")
            require(ends(scene) == 1 and "begin_empty_record" in scene.tail("ras"),
                    "ras does not begin an empty record by itself")
            store.mkdir(exist_ok=True)
            restore()
        # Nor without the record that names the CA, while the CA itself is still there.
        anchor, kept_anchor = scene.dir / "ras" / "anchor.pem", (scene.dir / "ras" / "anchor.pem").read_bytes()
        shutil.rmtree(store)
        anchor.unlink()
        scene.start("ras", scene.bin / "ras", "--config", scene.dir / "service.yaml")
        require(ends(scene) == 1 and "begin_empty_record" in scene.tail("ras"), "nor does it with only the CA's folder")
        anchor.write_bytes(kept_anchor)
        store.mkdir(exist_ok=True)
        restore()
        word = scene.dir / "ras" / "begin_empty_record"
        shutil.rmtree(store)
        word.touch()
        scene.start_service()
        require(not word.exists(), "it does so once at an operator's request")
        scene.stop("ras")
        restore()

        # A backup put back while the database is open: everything acknowledged after that would be lost at the next
        # start.
        scene.start_service()
        restore()
        done = scene.muster("node", "name", "db-2", "another", good=(0, 2)).returncode
        require(ends(scene, 30) == 1 and done == 2 and "was replaced" in scene.tail("ras", 60),
                "a backup that is restored while ras runs ends it, and nothing is acknowledged")

        # Cut short while it is open.
        scene.start_service()
        os.truncate(database, 3 * 4096)
        for _ in range(100):
            if scene.processes["ras"].poll() is not None:
                break
            subprocess.run([str(scene.bin / "muster"), "--socket", str(scene.socket), "nodes"], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.2)
        require(ends(scene, 5) == 1 and "data.mdb: a page of it cannot be read" in scene.tail("ras", 60),
                "a page that disappears while ras runs ends it with a message that names the file")

if __name__ == "__main__":
    main()
