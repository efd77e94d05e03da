#!/usr/bin/python3
"""Evidence as a file: exported from a running service, verified again without it.

What breaks if this fails: a verdict cannot be proven to anyone who does not trust the service; a changed bundle
passes; logs or evidence that must be kept are gone, or pile up.
"""
import json
import signal

from scene import arguments, fleet, require

EXIT = {"affirming": 0, "contraindicated": 1, "none": 3, "warning": 4}


def export(scene, node, *more):
    path = scene.dir / f"{node}.evidence"
    scene.muster("evidence", "export", node, "-o", path, *more)
    return path


def appraise(scene, path, *more, good=(0, 1, 3, 4)):
    """Without a service: no socket is named. Two files of the service vouch for the bundle."""
    done = scene.call("muster", "-o", "json", "appraise", "--bundle", path, "--anchor", scene.dir / "ras" / "anchor.pem",
                      "--key", scene.dir / "ras" / "log.pem", *more, good=good)
    return done, (json.loads(done.stdout) if done.stdout else None)


def verifies(scene, node, verdict, what, *more):
    done, said = appraise(scene, export(scene, node, *more))
    require(said["same"] and not said["differs"], f"{what}: same verdict, byte for byte")
    require(said["verdict"] == verdict and done.returncode == EXIT[verdict],
            f"{what}: {verdict}, exit status {done.returncode}")
    require(said["attestation_key"]["vouched"] and said["attestation_key"]["generation"] == 1,
            f"{what}: the anchor vouches for the key")
    require(said["service_says"]["recorded_verdict"] == verdict, f"{what}: as in the service's record")
    return said


def numbers_of(detail):
    """The numbers of attestations since one start of the service: the upper bits are its incarnation's."""
    number = detail["attestation"]
    return range((number >> 20 << 20) + 1, number + 1)


def changed(scene, node):
    """The number of the newest kept attestation that changed the verdict to untrusted."""
    return next(one for one in numbers_of(scene.detail(node)) if scene.muster(
        "evidence", "export", node, "-o", scene.dir / "one", "--attestation", str(one), good=(0, 2)).returncode == 0
        and json.loads(scene.call("muster", "-o", "json", "appraise", "--bundle", scene.dir / "one",
                                  good=(5,)).stdout)["verdict"] == "contraindicated")


def attest(scene, node):
    scene.muster("node", "attest", node, good=(0, 1, 3, 4))


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1", "node-2"], attestation=1, lease=60) as scene:
        scene.make_machines()
        scene.start_all()
        for name in scene.names:
            scene.until(f"{name} attested", lambda name=name: scene.nodes().get(name, {}).get("attested"))
            scene.muster("node", "name", scene.nodes()[name]["id"], name)
        verifies(scene, "node-1", "none", "without a reference")
        scene.muster("reference", "accept", "demo", "--from", "node-1")
        scene.until("node-1 trusted", lambda: scene.shown("node-1") == "trusted")
        first = verifies(scene, "node-1", "affirming", "a trusted machine")
        detail = scene.detail("node-1")
        require(first["policy"] == detail["policy"] and first["reference"] == detail["reference"],
                "the bundle names the policy and the reference that judge it")

        # Increments: the logs in the bundle begin at entry 0 all the same.
        for i in range(3):
            scene.lab("run", scene.dir / "node-2", f"/usr/local/bin/tool-{i}")
            attest(scene, "node-2")
        scene.until("node-2 untrusted", lambda: scene.shown("node-2") == "untrusted")
        found = verifies(scene, "node-2", "contraindicated", "an untrusted machine after increments")
        require({f"/usr/local/bin/tool-{i}" for i in range(3)} <= {one["subject"] for one in found["findings"]},
                "the findings of all increments follow from the bundle alone")
        shown = {(one["check"], one["subject"], one["found"]) for one in scene.detail("node-2")["findings"]}
        require(shown == {(one["check"], one["subject"], one["found"]) for one in found["findings"]},
                "they are the findings that the service shows")

        # What changed the verdict is in the log, and a head bounds its time; without an anchor, nothing vouches for
        # it.
        require(scene.until("a head covers the record of the verdict", lambda: appraise(scene, export(
            scene, "node-2", "--attestation", str(changed(scene, "node-2"))))[1]["not_later_than"]),
                "the log proves when the evidence was there")
        done = scene.call("muster", "appraise", "--bundle", scene.dir / "node-2.evidence", good=(5,))
        require("by NOBODY" in done.stdout and "without a known origin" in done.stdout,
                "without an anchor nothing vouches for the key")
        stranger = scene.dir / "stranger.pem"
        stranger.write_bytes((scene.dir / "ras" / "ca" / "nodes.pem").read_bytes())
        done = scene.call("muster", "appraise", "--bundle", scene.dir / "node-2.evidence", "--anchor", stranger,
                          good=(2,))
        require("the anchor does not vouch" in done.stderr, "another anchor does not vouch")
        export(scene, "node-2")

        # No change goes unnoticed.
        path = scene.dir / "node-2.evidence"
        whole = path.read_bytes()
        bad = scene.dir / "bad.evidence"
        for place in range(20, len(whole), max(1, len(whole) // 20)):
            bad.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
            done, said = appraise(scene, bad, good=(2,))
            if said is None and f"{bad}: " not in done.stderr:
                require(False, f"a flipped bit at {place} is reported with the file")
        require(True, "a flipped bit anywhere is found")
        bad.write_bytes(whole[:-1])
        done, _ = appraise(scene, bad, good=(2,))
        require("middle of a part" in done.stderr, "a bundle that was cut is reported")

        # What if: other rules over the same evidence.
        lenient = scene.dir / "lenient.yaml"
        lenient.write_text("version: 1\nseverity: {ima.unknown-file: warning}\n")
        done, said = appraise(scene, path, "--policy", lenient)
        require(said["verdict"] == "contraindicated" and said["what_if"]["verdict"] == "warning"
                and done.returncode == 4, "another policy over a bundle gives the verdict that it would have")

        # A reboot: evidence of the boot before it is still kept, under the number of its attestation.
        numbers = numbers_of(found)
        kept = [one for one in numbers
                if scene.muster("evidence", "export", "node-2", "-o", scene.dir / "x", "--attestation", str(one),
                                good=(0, 2)).returncode == 0]
        require(kept and len(kept) < len(numbers), f"of {len(numbers)} attestations those with a change are kept: {kept}")
        before = scene.detail("node-2")["boot_id"]
        scene.stop("node-2")
        scene.lab("boot", scene.dir / "node-2", "--files", "20")
        scene.start_agent("node-2")
        scene.until("node-2 attested after a reboot", lambda: scene.detail("node-2")["boot_id"] != before)
        now = scene.until("its verdict follows", lambda: scene.detail("node-2")["node"]["verdict"] not in ("none",) and scene.detail("node-2"))
        verifies(scene, "node-2", now["node"]["verdict"], "after a reboot")
        old = verifies(scene, "node-2", "contraindicated", "the boot before", "--attestation", str(kept[-1]))
        require(old["boot_id"] == before, "it is the previous boot")

        # A restart of the service keeps it all.
        scene.stop("ras")
        scene.start_service()
        verifies(scene, "node-2", scene.detail("node-2")["node"]["verdict"], "after a restart of the service")

        refused = scene.muster("evidence", "export", "node-2", "-o", scene.dir / "y", "--attestation", "999999",
                               good=(2,))
        require("kept" in refused.stderr and not (scene.dir / "y").exists(),
                "a bundle that is not kept is refused, and no file is left")

        # Retention, short enough that only the newest evidence stays.
        with open(scene.dir / "service.yaml", "a", encoding="utf-8") as file:
            file.write("retention: {results: 1s}\n")
        scene.processes["ras"].send_signal(signal.SIGHUP)
        scene.until("the old evidence is gone", lambda: scene.muster("evidence", "export", "node-2", "-o", scene.dir / "y", "--attestation",
                                         str(kept[-1]), good=(0, 2)).returncode == 2)
        verifies(scene, "node-2", scene.detail("node-2")["node"]["verdict"], "the newest stays whatever its age")
        scene.stop("node-1")
        scene.muster("node", "forget", "node-1", "--yes")
        gone = scene.muster("evidence", "export", detail["node"]["id"], "-o", scene.dir / "none", good=(2,))
        require("muster: " in gone.stderr and not (scene.dir / "none").exists(),
                "nothing is exported for a forgotten node")


if __name__ == "__main__":
    main()
