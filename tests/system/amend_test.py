#!/usr/bin/python3
"""A good file is made part of the reference, with real processes and a software TPM, by the commands of the manual.

What breaks if this fails: an operator who accepts a good program of a machine accepts an implant on it as well, or the
command that a finding shows cannot be typed as it is.
"""
import json
import re
import shlex

from scene import arguments, fleet, require

AGENT = "/opt/My_App/agent"  # as the kernel spells a blank
IMPLANT = "/usr/bin/implant"
MACHINES = ["node-1", "node-2"]


def command_about(scene, name, path):
    """The command that `node show` gives with the finding about that file, as the words of a shell."""
    shown = scene.muster("node", "show", name, good=(1,)).stdout
    about = shown[shown.index(f"ima.unknown-file  {path}\n"):]
    found = re.search(r"muster (reference amend [^;]*);", about)
    return shlex.split(found.group(1))


def subjects(scene, name):
    return sorted(one["subject"] for one in scene.detail(name)["findings"] if one["level"] != "note")


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, MACHINES, attestation=1, lease=60) as scene:
        scene.make_machines()
        scene.start_all()
        for name in MACHINES:
            scene.until(f"{name} attested", lambda: scene.nodes().get(name, {}).get("attested"))
            scene.muster("node", "name", scene.nodes()[name]["id"], name)
        scene.muster("reference", "accept", "demo", "--from", "node-1")
        for name in MACHINES:
            scene.until(f"{name} trusted", lambda: scene.shown(name) == "trusted")

        scene.lab("run", scene.dir / "node-1", AGENT, "--content", "a good program")
        scene.lab("run", scene.dir / "node-1", IMPLANT, "--content", "an implant")
        scene.until("both are found", lambda: subjects(scene, "node-1") == sorted([AGENT, IMPLANT]))
        command = command_about(scene, "node-1", AGENT)
        shown = scene.muster(*command).stdout
        require(f"+ {AGENT}" in shown and IMPLANT not in shown, "the difference has this file and no other")
        require(subjects(scene, "node-1") == sorted([AGENT, IMPLANT]), "it was only shown")
        digest = re.search(r"not in force: set ([0-9a-f]{64})", shown).group(1)
        scene.muster("reference", "try", "demo", "--set", digest)

        scene.lab("run", scene.dir / "node-1", "/usr/bin/another", "--content", "another implant")
        scene.until("a third one is found", lambda: len(subjects(scene, "node-1")) == 3)
        refused = scene.muster(*command, "--set", digest, good=(2,))
        require("look again" in refused.stderr, "numbers of an older list are refused: " + refused.stderr.strip())

        command = command_about(scene, "node-1", AGENT)
        wrong = scene.muster(*command, "--set", "0" * 64, good=(2,))
        require("not to the one that was shown" in wrong.stderr, "only what was shown comes into force")
        done = scene.muster(*command, "--set", digest).stdout
        require("the reference of group demo has this now" in done, "it is in force")
        scene.until("the implants stay found", lambda: subjects(scene, "node-1") == ["/usr/bin/another", IMPLANT])
        require(scene.shown("node-1") == "untrusted", "the machine with the implants stays untrusted")
        measured = scene.detail("node-2")["ima_entries"]
        scene.lab("run", scene.dir / "node-2", AGENT, "--content", "a good program")
        scene.until("the good file was measured there", lambda: scene.detail("node-2")["ima_entries"] > measured)
        require(scene.shown("node-2") == "trusted", "the good file is good on every machine of the group")

        content = next(one for one in scene.detail("node-1")["findings"] if one["subject"] == IMPLANT)["found"]
        by_hand = ["reference", "amend", "demo", "--file", content, "--path", IMPLANT]
        set_by_hand = json.loads(scene.muster("-o", "json", *by_hand).stdout)["digest"]
        scene.muster("campaign", "start", "demo", "--canary", "node-2")
        refused = scene.muster(*by_hand, "--set", set_by_hand, good=(2,))
        require("campaign is under way" in refused.stderr, "a campaign decides while it is under way")
        scene.muster(*by_hand, "--campaign")
        require(IMPLANT in scene.muster("campaign", "show", "demo").stdout, "it is the proposal of the campaign")
        scene.muster("campaign", "end", "demo")
        log = scene.muster("log", "show").stdout
        require("reference.amend" in log and AGENT in log, "the record names the file that was accepted")


if __name__ == "__main__":
    main()
