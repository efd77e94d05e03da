#!/usr/bin/python3
"""Machines with every kind of endorsement and attestation key, with real processes and software TPMs.

What breaks if this fails: a machine whose maker left an RSA-2048 or a P-384 key, or whose TPM has no P-256, cannot
enrol, or attests and is not trusted; two kinds of attestation key are judged by different references.
"""
import re

from old_chip import open_old_chip, told_no_curves
from scene import arguments, fleet, require

KINDS = {"p256": "p256", "rsa": "rsa2048", "p384": "p384", "old": "p256"}  # name of the machine: its EK


def through_old_eyes(scene, name):
    """The agent of that machine sees a TPM without P-256, and makes an RSA-2048 attestation key."""
    file = scene.dir / f"{name}.yaml"
    text = file.read_text()
    real = re.search(r"^tpm: .*path=([^\"]*)", text, re.MULTILINE)[1]
    seen = open_old_chip(real, scene.dir / "eyes")
    file.write_text(re.sub(r"^tpm: .*", f'tpm: "swtpm:path={seen}"', text, flags=re.MULTILINE))


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, list(KINDS), attestation=1, lease=60) as scene:
        scene.lab("vendor", scene.dir / "vendor")
        for name, kind in KINDS.items():
            scene.lab("create", scene.dir / name, "--vendor", scene.dir / "vendor", "--hostname", name, "--ek", kind)
            scene.lab("boot", scene.dir / name, "--files", "20")
            scene.adopt_paths(name)
        through_old_eyes(scene, "old")
        scene.start_service()
        for name in KINDS:
            scene.start_agent(name)
        scene.until("all attested", lambda: len(scene.nodes()) == len(KINDS)
                    and all(node["attested"] for node in scene.nodes().values()))
        require(all(node["endorsement"] == "vendor" for node in scene.nodes().values()),
                "each was admitted by its maker's certificate")
        scene.muster("reference", "accept", "demo", "--from", scene.nodes()["p256"]["id"])
        scene.until("all trusted", lambda: all(node["shown"] == "trusted" for node in scene.nodes().values()))
        require(True, "machines of every kind are trusted by the reference of one of them")

        require(told_no_curves.is_set(), "one of them has an RSA attestation key: its TPM has no P-256")
        for name in ("p384", "old"):
            scene.lab("run", scene.dir / name, "/usr/local/bin/implant")
            scene.until(f"{name} untrusted", lambda n=name: scene.shown(n) == "untrusted")
        require(scene.shown("p256") == scene.shown("rsa") == "trusted",
                "an implant is found on the machines that have it, whatever their keys, and on no other")


if __name__ == "__main__":
    main()
