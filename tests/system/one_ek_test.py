#!/usr/bin/python3
"""Two hosts with one EK, with real processes and one software TPM behind both.

What breaks if this fails: two live identities of one TPM; a later attestation key takes over without an operator; the
replaced host continues, or is not notified; a host is trusted because it came later.
"""
import json
import re
import uuid

from old_chip import open_old_chip
from scene import Failed, arguments, fleet, require


def log_of(scene, name):
    log = scene.dir / f"{name}.log"
    return log.read_text(errors="replace").splitlines() if log.exists() else []


def lines(scene, name, *words, since=0):
    return [line for line in log_of(scene, name)[since:] if all(word in line for word in words)]


def second_host(scene, name, of, tpm=None):
    """Another host with the same TPM as `of`: own state, own kernel boot id, the logs of the TPM."""
    boot_id = scene.dir / f"{name}.boot_id"
    boot_id.write_text(f"{uuid.uuid4()}\n")
    text = (scene.dir / f"{of}.yaml").read_text().replace(f"{of}.state", f"{name}.state")
    text = re.sub(r"boot_id: .*", f"boot_id: {boot_id}", text)
    if tpm:
        text = re.sub(r"^tpm: .*", f'tpm: "swtpm:path={tpm}"', text, flags=re.MULTILINE)
    (scene.dir / f"{name}.yaml").write_text(text)


def tpm_of(scene, name):
    return re.search(r"^tpm: .*path=([^\"]*)", (scene.dir / f"{name}.yaml").read_text(), re.MULTILINE)[1]


def node_of(scene):
    """The only node."""
    listed = json.loads(scene.muster("nodes", "-o", "json").stdout)["nodes"]
    if len(listed) != 1:
        raise Failed(f"one TPM, and {len(listed)} nodes")
    return listed[0]


def detail(scene):
    return json.loads(scene.muster("node", "show", node_of(scene)["id"], "-o", "json", good=(0, 1, 3, 4)).stdout)


def fingerprint_told(scene, name):
    told = lines(scene, name, "agent.pending")
    return told and re.search(r"[0-9a-f]{64}", told[-1])[0]


def another_attestation_key(scene):
    """`twin` has the same EK and another AK: it waits for an operator, and changes nothing until then."""
    before = detail(scene)
    require(before["node"]["shown"] == "trusted" and before["generation"] == 1, "node-1 is trusted, generation 1")
    second_host(scene, "twin", "node-1", open_old_chip(tpm_of(scene, "node-1"), scene.dir / "old"))
    told_so_far = len(log_of(scene, "node-1"))
    scene.start_agent("twin")
    waiting = scene.until("twin waits", lambda: fingerprint_told(scene, "twin"))
    require(not lines(scene, "twin", "agent.admitted"), "a TPM's vendor does not vouch for its second AK: pending")

    came = len(lines(scene, "ras", "session.attached"))
    first = detail(scene)["attestation"]
    scene.until("node-1 attests twice meanwhile", lambda: detail(scene)["attestation"] >= first + 2)
    now = detail(scene)
    require(now["node"]["fingerprint"] == waiting, "the operator sees the fingerprint that twin shows")
    require(now["node"]["shown"] == "trusted" and now["node"]["standing"] == "enrolled" and now["generation"] == 1,
            "the admitted generation keeps its standing while another waits")
    require(now["node"]["connected"] and not lines(scene, "node-1", "agent.refused", since=told_so_far)
            and len(lines(scene, "ras", "session.attached")) == came,
            "it keeps its session too; the waiting host has none")
    return waiting


def without_ima_log(scene, name, log):
    config = scene.dir / f"{name}.yaml"
    text = config.read_text()
    config.write_text(re.sub(r"ima_log: .*", f"ima_log: {log}", text))
    return re.search(r"ima_log: (.*)", text)[1]


def a_person_decides(scene, waiting):
    told_so_far = len(log_of(scene, "node-1"))
    node = node_of(scene)["id"]
    refused = scene.muster("node", "approve", node, "--fingerprint", "0" * 64, good=(2,))
    require("fingerprint" in refused.stderr, "an approval is for one EK, AK and node key")
    scene.stop("twin")
    scene.muster("node", "approve", node, "--fingerprint", waiting, "--group", "demo")
    first = detail(scene)["attestation"]
    scene.until("node-1 attests after that", lambda: detail(scene)["attestation"] > first)
    require(detail(scene)["generation"] == 1 and not lines(scene, "node-1", "agent.refused", since=told_so_far),
            "an approval alone changes nothing: the approved host must come and prove again")

    # It comes back, but shows nothing of what it runs.
    ima_log = without_ima_log(scene, "twin", scene.dir / "no-such-log")
    scene.start_agent("twin")
    scene.until("twin is admitted", lambda: lines(scene, "twin", "agent.admitted"))
    ended = scene.until("node-1 is notified",
                        lambda: lines(scene, "node-1", "agent.refused", "generation", since=told_so_far))
    require("unknown" in ended[0],
            f"the older generation's session ends, and its host is notified: {ended[0].split('text=', 1)[-1]}")
    scene.until("twin connects", lambda: lines(scene, "twin", "agent.connected"))
    now = detail(scene)
    require(now["generation"] == 2 and now["node"]["connected"], "twin is generation 2")
    require(now["node"]["shown"] in ("unknown", "untrusted"),
            f"the later host inherits no trust: {now['node']['shown']} until it proves what it runs")

    # Now the first host is the one with another AK.
    second = scene.until("node-1 waits as well", lambda: fingerprint_told(scene, "node-1"))
    require(second != waiting and not lines(scene, "node-1", "agent.admitted", since=told_so_far),
            "node-1 proves again and now waits, under its own fingerprint")
    scene.stop("twin")
    without_ima_log(scene, "twin", ima_log)
    scene.start_agent("twin")
    scene.until("twin trusted", lambda: node_of(scene)["shown"] in ("trusted", "warning"))
    require(detail(scene)["generation"] == 2, "twin has its own standing after it attested")


def never_two_sessions(scene):
    """Before each session is attached, the previous one was told to end, or had left."""
    alive = False
    for line in log_of(scene, "ras"):
        if "session.attached" in line:
            if alive:
                raise Failed(f"two sessions at once: {line}")
            alive = True
        if "session.detached" in line or "older generation" in line or "newer session" in line:
            alive = False
    require(len(lines(scene, "ras", "session.attached")) >= 3, "each session began after the previous one had ended")


def same_attestation_key(scene):
    """`copy` has EK and AK of node-1: they differ only in key and boot. The service lets only one of them live."""
    second_host(scene, "copy", "node-1")
    told_so_far = len(log_of(scene, "node-1"))
    before = detail(scene)
    scene.start_agent("copy")
    scene.until("copy is certified", lambda: lines(scene, "copy", "agent.admitted"))
    ended = scene.until("node-1 is notified", lambda: lines(scene, "node-1", "agent.refused", since=told_so_far))
    require("unknown" in ended[0] or "superseded" in ended[0],
            "a certificate for another node key ends the older session, and its host is notified: "
            + ended[0].split("text=", 1)[-1])
    after = detail(scene)
    require(after["node"]["id"] == before["node"]["id"] and after["generation"] == before["generation"],
            "it is one node, in one generation")
    # node-1 proves itself again and takes the node back, and so on: at each moment only one certificate and one
    # session counts.
    scene.until("copy is notified as well", lambda: lines(scene, "copy", "agent.refused"))
    require(len(lines(scene, "ras", "re-issued for a new node key")) >= 2, "each change of hands is on record")
    scene.until("an alarm is raised", lambda: any(one["check"] == "identity.two-hosts"
                                                      for one in detail(scene)["findings"]))
    require(node_of(scene)["shown"] != "trusted",
            "node keys that alternate raise an alarm, and neither host is trusted")
    scene.until("sessions change hands", lambda: len(lines(scene, "ras", "session.attached")) >= 3)


def begin(scene):
    scene.lab("vendor", scene.dir / "vendor")
    scene.lab("create", scene.dir / "node-1", "--vendor", scene.dir / "vendor", "--hostname", "node-1")
    scene.lab("boot", scene.dir / "node-1", "--files", "20")
    scene.adopt_paths("node-1")
    scene.start_service()
    scene.start_agent("node-1")
    scene.until("node-1 attested", lambda: scene.nodes().get("node-1", {}).get("attested"))
    scene.muster("reference", "accept", "demo", "--from", node_of(scene)["id"])
    scene.until("node-1 trusted", lambda: node_of(scene)["shown"] == "trusted")


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1"], attestation=1, lease=60) as scene:
        begin(scene)
        a_person_decides(scene, another_attestation_key(scene))
        never_two_sessions(scene)
    with fleet(asked.bin, ["node-1"], attestation=1, lease=60) as scene:
        begin(scene)
        same_attestation_key(scene)
        never_two_sessions(scene)


if __name__ == "__main__":
    main()
