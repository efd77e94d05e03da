#!/usr/bin/python3
"""A PCR that a boot log does not explain, bound by its value, with real processes and a software TPM.

What breaks if this fails: a value that an operator vouches for does not end the finding, or it excuses another value
or another PCR; the value to bind is shown nowhere; a bundle is judged by another rule than the service has.
"""
import json
import re
import signal
import struct

from scene import Failed, arguments, fleet, require

UNEXPLAINED = "does not lead to the quoted value of PCR "


def spoil(log):
    """Changes what the log says of an event of PCR 0, as a faulty firmware writes it: its digests in all banks."""
    sizes = {4: 20, 11: 32, 12: 48, 13: 64}
    raw = bytearray(log.read_bytes())
    at = 32 + struct.unpack_from("<I", raw, 28)[0]  # after the event that names the banks
    while at < len(raw):
        pcr, kind, count = struct.unpack_from("<III", raw, at)
        at += 12
        digests = []
        for _ in range(count):
            digests.append(at + 2)
            at += 2 + sizes[struct.unpack_from("<H", raw, at)[0]]
        if pcr == 0 and kind != 3:
            for place in digests:
                raw[place] ^= 1
            log.write_bytes(raw)
            return
        at += 4 + struct.unpack_from("<I", raw, at)[0]
    raise Failed("the log has no event of PCR 0")


def bind(scene, values):
    """Puts a policy into force that binds these values, each of one PCR."""
    lines = "".join(f"  - '{pcr} {value} Example Corp. Model 5'\n" for pcr, value in values)
    (scene.dir / "policies" / "demo.yaml").write_text("version: 1\n" + (f"bound_values:\n{lines}" if values else ""))
    before = scene.tail("ras", 1000).count("policy.in_force")
    scene.processes["ras"].send_signal(signal.SIGHUP)
    scene.until("the policy is in force", lambda: scene.tail("ras", 1000).count("policy.in_force") > before)


def unexplained(scene, pcr):
    """The quoted value of a PCR that the boot log does not lead to, as the finding shows it; None without one."""
    found = scene.finding("node-1", lambda one: UNEXPLAINED + str(pcr) in one["found"])
    return found and re.search(rf"PCR {pcr} \((sha256:[0-9a-f]{{64}})\)", found["found"]).group(1)


def by_value(said):
    return {(one["level"], one["subject"], one["found"]) for one in said["findings"] if one["check"] == "boot.by-value"}


def appraised(scene, good):
    """What `muster appraise` says of the exported evidence without the service."""
    path = scene.dir / "node-1.evidence"
    scene.muster("evidence", "export", "node-1", "-o", path)
    return json.loads(scene.call("muster", "-o", "json", "appraise", "--bundle", path, "--anchor",
                                 scene.dir / "ras" / "anchor.pem", "--key", scene.dir / "ras" / "log.pem",
                                 good=good).stdout)


def attest(scene):
    scene.muster("node", "attest", "node-1", good=(0, 1, 3, 4))


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1"], attestation=1, lease=60) as scene:
        (scene.dir / "policies").mkdir()
        with open(scene.dir / "service.yaml", "a", encoding="utf-8") as file:
            file.write(f"policies: {scene.dir}/policies\n")
        scene.make_machines()
        machine = scene.dir / "node-1"
        spoil(machine / "binary_bios_measurements")
        scene.start_all()
        found = scene.until("the machine is enrolled", scene.nodes)
        scene.muster("node", "name", next(iter(found.values()))["id"], "node-1")
        value = scene.until("the log does not explain PCR 0", lambda: unexplained(scene, 0))
        require(scene.shown("node-1") == "untrusted", "such a log looks like a forged one")

        bind(scene, [(0, "sha256:" + "5b" * 32)])
        attest(scene)
        require(unexplained(scene, 0) == value, "another value that is bound excuses nothing")
        bind(scene, [(2, value)])
        attest(scene)
        require(unexplained(scene, 0) == value, "nor does the value for another PCR")
        bind(scene, [(0, value)])
        attest(scene)
        noted = scene.until("the value is noted", lambda: by_value(scene.detail("node-1")))
        require(noted == {("note", "PCR 0", value)} and unexplained(scene, 0) is None,
                "a value that is shown can be bound as it is, and is a note from then on")
        scene.muster("reference", "accept", "demo", "--from", "node-1")
        scene.until("node-1 trusted", lambda: scene.shown("node-1") == "trusted")
        said = appraised(scene, (0,))
        require(said["same"] and said["verdict"] == "affirming" and by_value(said) == noted,
                "its evidence is judged alike without the service")

        scene.lab("extend", machine, "0", "an implant in the firmware")
        attest(scene)
        other = scene.until("the next value is found", lambda: unexplained(scene, 0))
        require(other != value and scene.shown("node-1") == "untrusted", "a value that is not bound is not excused")
        said = appraised(scene, (1,))
        require(said["verdict"] == "contraindicated", "nor without the service")
        bind(scene, [(0, value), (0, other)])
        attest(scene)
        scene.until("a firmware PCR that changed within the boot is a failure of its own",
                    lambda: scene.finding("node-1", lambda one: "a PCR of the boot changed" in one["found"]))
        require(scene.shown("node-1") == "untrusted", "a value that is bound later does not excuse the change")


if __name__ == "__main__":
    main()
