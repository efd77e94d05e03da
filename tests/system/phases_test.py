#!/usr/bin/python3
"""Extensions by an operating system after its boot log, on machines with a unified kernel image.

What breaks if this fails: an honest machine whose systemd extends PCR 11 is untrusted or sends its logs again and
again; or root extends PCR 11 with anything and the machine stays trusted, before or after a restart of the service.
"""
from scene import arguments, fleet, require


def findings(scene, node):
    return sorted((one["check"], one["subject"]) for one in scene.detail(node)["findings"] if one["level"] != "note")


def failures(scene, node):
    """Failures only: until whole logs come, a warning says that the record is behind."""
    return sorted((one["check"], one["subject"]) for one in scene.detail(node)["findings"] if one["level"] == "failure")


def attest(scene, node):
    scene.muster("node", "attest", node, good=(0, 1, 3, 4))


def bundle(scene, node, verdict, what):
    path = scene.dir / f"{node}.evidence"
    scene.muster("evidence", "export", node, "-o", path)
    done = scene.call("muster", "appraise", "--bundle", path, "--anchor", scene.dir / "ras" / "anchor.pem", good=(0, 1))
    require(done.returncode == {"affirming": 0, "contraindicated": 1}[verdict],
            f"{what}: its bundle gives the same verdict")


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1", "node-2"], attestation=1, lease=60) as scene:
        scene.make_machines()
        for name, phases in (("node-1", "sysinit ready"), ("node-2", "enter-initrd leave-initrd")):
            scene.lab("boot", scene.dir / name, "--uki", "--phases", phases)
        scene.start_all()
        for name in scene.names:
            scene.until(f"{name} attested", lambda name=name: scene.nodes().get(name, {}).get("attested"))
            scene.muster("node", "name", scene.nodes()[name]["id"], name)
        scene.muster("reference", "accept", "demo", "--from", "node-1")
        for name in scene.names:
            scene.until(f"{name} trusted, however far it had come", lambda name=name: scene.shown(name) == "trusted")

        # The phases continue. Whole logs are asked for at most once an hour: a second move that needs them would be
        # bad news.
        for word in ("sysinit", "ready", "shutdown"):
            scene.lab("extend", scene.dir / "node-2", "11", word)
            attest(scene, "node-2")
            require(scene.shown("node-2") == "trusted" and not findings(scene, "node-2"),
                    f"node-2 reached {word} and stays trusted")
        bundle(scene, "node-2", "affirming", "a machine that went through its phases")

        # Root extends something that is not a phase.
        scene.lab("extend", scene.dir / "node-1", "11", "anything")
        attest(scene, "node-1")
        expected = [("boot.unexplained", "PCR 11")]
        require(scene.shown("node-1") == "untrusted" and failures(scene, "node-1") == expected,
                "node-1 is untrusted by one failure, and its evidence is genuine")
        bundle(scene, "node-1", "contraindicated", "a machine whose PCR 11 nothing explains")
        scene.stop("ras")
        scene.start_service()
        require(failures(scene, "node-1") == expected, "a restart of the service forgets nothing")
        scene.lab("extend", scene.dir / "node-1", "11", "final")
        before = scene.detail("node-1")["attestation"]
        attest(scene, "node-1")
        scene.until("node-1 attests again", lambda: scene.detail("node-1")["attestation"] > before)
        require(failures(scene, "node-1") == expected, "no phase makes it good again")

        # A new boot does. An extension of another PCR by root is found in the first attestation, too.
        scene.stop("node-1")
        scene.lab("reboot", scene.dir / "node-1")
        scene.start_agent("node-1")
        scene.until("node-1 trusted after its reboot", lambda: scene.shown("node-1") == "trusted")
        scene.stop("node-1")
        scene.lab("reboot", scene.dir / "node-1")
        scene.lab("extend", scene.dir / "node-1", "12", "sysinit")
        scene.start_agent("node-1")
        scene.until("PCR 12 is found in the first attestation of a boot",
                    lambda: failures(scene, "node-1") == [("boot.unexplained", "PCR 12")])


if __name__ == "__main__":
    main()
