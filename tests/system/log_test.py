#!/usr/bin/python3
"""The log of records and its witnesses, with real processes.

What breaks if this fails: a database that was restored from an older copy, or edited, passes for the one that the
service signed; or an operator who knows the reason cannot continue.
"""
import http.client
import json
import pathlib
import shutil
import socket

from scene import arguments, fleet, require


def record_status(scene):
    return json.loads(scene.muster("log", "head", "-o", "json", good=(0, 1)).stdout)


def kept_sizes(scene, name):
    """The sizes of the heads that an agent has on disk."""
    file = scene.dir / f"{name}.state" / "log_head"
    raw = file.read_bytes() if file.exists() else b""
    sizes = []
    while raw:
        sizes.append(int.from_bytes(raw[27:35], "big"))
        raw = raw[77 + int.from_bytes(raw[75:77], "big"):]
    return sizes


def ready(scene):
    class Local(http.client.HTTPConnection):
        def connect(self):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(str(scene.socket))
    asked = Local("localhost", timeout=10)
    asked.request("GET", "/readyz")
    answer = asked.getresponse()
    return answer.status, answer.read().decode()


def order(scene, node):
    return json.loads(scene.muster("node", "attest", node, "-o", "json").stdout)["command"]


def everybody_keeps(scene, names):
    """Waits until the newest head covers every record, and these agents have that head."""
    def done():
        status = record_status(scene)
        covered = status["head"] and status["head"]["size"] == status["size"]
        return covered and all(status["size"] in kept_sizes(scene, name) for name in names) and status["size"]
    return scene.until("the newest head is with every agent", done)


def trusted(scene, names):
    nodes = scene.nodes()
    return all(nodes.get(name, {}).get("shown") == "trusted" for name in names)


def begin(scene, names):
    scene.start_service()
    for name in names:
        scene.start_agent(name)
    first = names[0]
    scene.until("all have attested", lambda: all(scene.nodes().get(name, {}).get("attested") for name in names))
    scene.muster("reference", "accept", "demo", "--from", scene.nodes()[first]["id"])
    scene.until("all are trusted", lambda: trusted(scene, names))
    size = everybody_keeps(scene, names)
    mode = (scene.dir / f"{first}.state" / "log_head").stat().st_mode & 0o777
    require(mode == 0o600, f"each agent keeps the signed head over {size} records, readable only by its owner")
    actions = {one["action"] for one in json.loads(scene.muster("log", "show", "-o", "json").stdout)["entries"]}
    require({"admission", "certificate", "verdict", "reference.accept"} <= actions,
            f"every action is in the log: {', '.join(sorted(actions))}")
    return size


def keep_each(scene, name):
    """The heads in the hands of a root user of `name` who keeps each one that the machine is sent, across a service
    restart."""
    kept = []
    node = scene.nodes()[name]["id"]
    for n in range(4):
        scene.muster("node", "name", node, f"{name}-{n}")
        everybody_keeps(scene, [name])
        kept.append((scene.dir / f"{name}.state" / "log_head").read_bytes())
        if n == 1:
            scene.stop("ras")
            scene.start_service()
            scene.until("all are back", lambda: all(one["connected"] for one in scene.nodes().values()))
    require(len(set(kept)) == len(kept), f"a machine was sent {len(kept)} heads, and its root user kept each")
    return kept


def roll_back(scene, names, old, copy):
    scene.kept = keep_each(scene, names[1])
    for name in names:
        scene.muster("node", "name", next(one["id"] for one in scene.nodes().values() if one["hostname"] == name), name)
    scene.newest_order = order(scene, names[0])
    size = everybody_keeps(scene, names)
    require(size >= old + len(names), f"the log has grown to {size} records, and the agents have its head")
    scene.stop("ras")
    shutil.copy(scene.dir / "heads", scene.dir / "shipped-heads")
    (scene.dir / "heads").unlink()
    shutil.rmtree(scene.dir / "ras" / "store")
    shutil.copytree(copy, scene.dir / "ras" / "store")
    scene.start_service()
    return size


def is_rolled_back(scene, names, size):
    status = scene.until("the agents' heads are held against the log", lambda: record_status(scene)["rolled_back"] and record_status(scene))
    require(any(one["size"] == size for one in status["alarms"]),
            f"an older database is noticed when agents come back: they have a head over {size} records")
    require(not any(node["shown"] in ("trusted", "warning") for node in scene.nodes().values()),
            "nothing is shown as trusted")
    table = scene.muster("nodes").stdout
    require(table.startswith("ROLLED BACK: "), "`muster nodes` says so above its table")
    code, text = ready(scene)
    require(code == 503 and "rolled back" in text, "/readyz says so")
    node = scene.nodes()[names[0]]["id"]  # its name is lost, too
    before = scene.detail(node)["attestation"]
    scene.until("an attestation is decided meanwhile", lambda: scene.detail(node)["attestation"] > before)
    require(scene.detail(node)["node"]["valid_until"] == "", "an attestation is decided, but gives no lease")


def nobody_enrols(scene, stranger):
    scene.start_agent(stranger)
    log = scene.dir / f"{stranger}.log"
    scene.until("a new machine gets the reason", lambda: log.exists() and "rolled back" in log.read_text())
    require(stranger not in scene.nodes(), "no machine enrols")


def goes_on(scene, names, stranger):
    scene.stop("ras")
    scene.start_service()
    require(record_status(scene)["rolled_back"], "a restart does not end the alarm")
    wrong = scene.muster("log", "acknowledge", "--head", "3:" + "00" * 32, good=(2,))
    require("no such head" in wrong.stderr, "an acknowledgement of another head does not either")
    standing = [one for one in record_status(scene)["alarms"] if not one["acknowledged"]]
    heads = [word for one in standing for word in ("--head", f"{one['size']}:{one['root']}")]
    scene.muster("log", "acknowledge", *heads)
    require(not record_status(scene)["rolled_back"], "an operator who knows the reason acknowledges it")
    scene.until("all are trusted again, and the new machine is in", lambda: trusted(scene, names) and scene.nodes().get(stranger, {}).get("attested"))
    require(order(scene, scene.nodes()[names[0]]["id"]) > scene.newest_order,
            "new orders have numbers above the forgotten ones: agents run none twice, and none that comes late")
    scene.stop("ras")
    scene.start_service()
    scene.until("all are connected again", lambda: all(node["connected"] for node in scene.nodes().values()) and len(scene.nodes()) > len(names))
    require(not record_status(scene)["rolled_back"], "acknowledged heads no longer count, even after a restart")


def heads_of_what_was_lost(scene, name):
    """One machine brings back every head that it was sent before the restore."""
    for head in scene.kept:
        counted = record_status(scene)["lost_heads"]
        scene.stop(name)
        (scene.dir / f"{name}.state" / "log_head").write_bytes(head)
        scene.start_agent(name)
        scene.until("the head is held against the log", lambda counted=counted: record_status(scene)["lost_heads"] > counted)
        require(not record_status(scene)["rolled_back"],
                "a head of an acknowledged loss is counted, and raises no alarm")


def another_loss(scene, names):
    scene.until("all are trusted", lambda: trusted(scene, names))
    scene.stop("ras")
    copy = scene.dir / "second-copy"
    shutil.copytree(scene.dir / "ras" / "store", copy)
    scene.start_service()
    scene.until("all are back", lambda: all(node["connected"] for node in scene.nodes().values()))
    everybody_keeps(scene, names)
    scene.stop("ras")
    shutil.copy(scene.dir / "heads", scene.dir / "shipped-later")
    (scene.dir / "heads").unlink()
    shutil.rmtree(scene.dir / "ras" / "store")
    shutil.copytree(copy, scene.dir / "ras" / "store")
    scene.start_service()
    status = scene.until("another copy that is put back is noticed", lambda: record_status(scene)["rolled_back"] and record_status(scene))
    standing = [one for one in status["alarms"] if not one["acknowledged"]]
    require(len(standing) == 1 and standing[0]["before"] == incarnation(scene),
            "it is one loss, whichever head shows it, and not the one that was acknowledged")
    scene.muster("log", "acknowledge", "--head", f"{standing[0]['size']}:{standing[0]['root']}")
    scene.until("all are trusted again", lambda: trusted(scene, names))


def incarnation(scene):
    return record_status(scene)["head"]["incarnation"]


def verify(scene, names, copy):
    key = scene.dir / "ras" / "log.pem"
    everybody_keeps(scene, names)
    scene.muster("log", "export", scene.dir / "export")
    kept = [scene.dir / "heads", scene.dir / "shipped-heads", scene.dir / "shipped-later", *(scene.dir / f"{name}.state" / "log_head" for name in names)]
    witnesses = [word for file in kept for word in ("--head-file", file)]
    proven = scene.muster("log", "verify", scene.dir / "export", "--key", key, *witnesses)
    require("acknowledged" in proven.stdout, "every head proves the whole log, and the loss is reported")
    lines = (scene.dir / "export").read_text().splitlines()
    at, line = next((n, line) for n, line in enumerate(lines) if '"action":"reference.accept"' in line)
    lines[at] = line.replace('"actor":"uid=', '"actor":"uid=9')
    (scene.dir / "rewritten").write_text("\n".join(lines) + "\n")
    said = scene.muster("log", "verify", scene.dir / "rewritten", "--key", key, *witnesses, good=(1,)).stdout
    require("is not shown as it was entered: actor" in said,
            "a line that names another actor than its record is reported")
    cut = [line for n, line in enumerate(lines) if n != at]
    (scene.dir / "rewritten").write_text("\n".join(cut) + "\n")
    said = json.loads(scene.muster("-o", "json", "log", "verify", scene.dir / "rewritten", "--key", key, *witnesses,
                                   good=(1,)).stdout)
    require(not said["proven"] and len(said["problems"]) < 5 and "is missing" in said["problems"][0],
            "a line that was cut out is reported once, not for each record after it")
    scene.stop("ras")

    def of_copy(folder):
        (scene.dir / "copy.log").write_text(scene.call("ras", "--export-log", folder).stdout)
        return scene.muster("log", "verify", scene.dir / "copy.log", "--key", key, "--head-file",
                            scene.dir / "shipped-heads", good=(0, 1))
    missing = of_copy(copy)
    require(missing.returncode == 1 and "missing" in missing.stdout,
            "an older copy of the database: records under the shipped heads are missing")
    good = of_copy(scene.dir / "ras" / "store")
    require(good.returncode == 0, "the database of a stopped service can be proven without the service")
    edited = scene.dir / "edited"
    shutil.copytree(scene.dir / "ras" / "store", edited)
    data = (edited / "data.mdb").read_bytes()
    require(b"reference.accept" in data, "a record is in the file")
    (edited / "data.mdb").write_bytes(data.replace(b"reference.accept", b"reference.reject"))
    bad = of_copy(edited)
    require(bad.returncode == 1 and "cannot be read" in bad.stdout, "an edited record is found, by its number")


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    names = ["node-1", "node-2", "node-3"]
    stranger = "node-4"
    with fleet(asked.bin, [*names, stranger], lease=60) as scene:
        service = scene.dir / "service.yaml"
        service.write_text(service.read_text() + f"log:\n  head_file: {scene.dir}/heads\n")
        scene.make_machines()
        old = begin(scene, names)
        scene.stop("ras")
        copy = pathlib.Path(scene.dir / "backup")
        shutil.copytree(scene.dir / "ras" / "store", copy)
        scene.start_service()
        scene.until("all are back", lambda: all(node["connected"] for node in scene.nodes().values()))
        size = roll_back(scene, names, old, copy)
        is_rolled_back(scene, names, size)
        nobody_enrols(scene, stranger)
        goes_on(scene, names, stranger)
        heads_of_what_was_lost(scene, names[1])
        another_loss(scene, names)
        verify(scene, names, copy)


if __name__ == "__main__":
    main()
