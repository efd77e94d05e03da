#!/usr/bin/python3
"""An upgrade by a campaign, with real processes and software TPMs, by the commands of the manual.

What breaks if this fails: machines that are upgraded as the manual says are shown as untrusted, a compromised machine
passes because an upgrade is under way, or a restart or an undo forgets the state of the campaign.
"""
import json

from scene import arguments, fleet, require

MACHINES = ["node-1", "node-2", "node-3", "node-4"]
TOOL = "/usr/bin/tool"


def upgrade(scene, name):
    """The packager replaces a file, then the machine boots the new kernel."""
    scene.lab("boot", scene.dir / name, "--kernel", "kernel 2", "--files", "20")
    scene.lab("run", scene.dir / name, TOOL, "--content", "version 2")


def shown(scene):
    return {name: node["shown"] for name, node in scene.nodes().items()}


def all_are(scene, wanted, names=MACHINES):
    now = shown(scene)
    return all(now.get(name) == wanted for name in names)


def campaign(scene, *words, good=(0,)):
    return scene.muster("campaign", *words, good=good)


def phase(scene):
    return json.loads(scene.muster("-o", "json", "campaign", "show", "demo").stdout)["phase"]


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, MACHINES, attestation=1, lease=60) as scene:
        scene.lab("vendor", scene.dir / "vendor")
        scene.write_configuration()
        for name in MACHINES:
            scene.lab("create", scene.dir / name, "--vendor", scene.dir / "vendor", "--hostname", name)
            scene.lab("boot", scene.dir / name, "--kernel", "kernel 1", "--files", "20")
            scene.lab("run", scene.dir / name, TOOL, "--content", "version 1")
            scene.adopt_paths(name)
        scene.start_all()
        scene.until("all attested", lambda: sum(bool(n["attested"]) for n in scene.nodes().values()) == 4)
        for name, node in scene.nodes().items():
            scene.muster("node", "name", node["id"], name)
        refused = campaign(scene, "start", "demo", "--canary", "node-1", good=(2,))
        require("muster reference accept" in refused.stderr, "the first set of a group is accepted, not updated")
        scene.muster("reference", "accept", "demo", "--from", "node-1")
        scene.until("all trusted", lambda: all_are(scene, "trusted"))

        campaign(scene, "start", "demo", "--canary", "node-1", "--canary", "node-2", "--approval")
        early = campaign(scene, "propose", "demo", good=(0, 2))
        # They may or may not have attested since it began.
        require("canar" in early.stderr or "nothing changes" in early.stdout,
                "nothing is learnt from canaries that changed nothing: " + early.stderr.strip())
        if early.returncode == 0:
            campaign(scene, "end", "demo")
            campaign(scene, "start", "demo", "--canary", "node-1", "--canary", "node-2", "--approval")
        for name in ("node-1", "node-2"):
            upgrade(scene, name)
        scene.until("the canaries differ", lambda: all_are(scene, "untrusted", ["node-1", "node-2"]))
        require(all_are(scene, "trusted", ["node-3", "node-4"]), "machines that are not upgraded stay trusted")
        incidents = scene.muster("incidents").stdout
        require("2 machines" in incidents, "the canaries' common change is one incident")
        tried = scene.muster("reference", "try", "demo", "--from", "node-1", good=(1,))
        require("node-3" in tried.stdout and "Nothing was changed." in tried.stdout,
                "a trial says which machines would turn untrusted, and why")

        scene.until("the canaries agree", lambda: "they agree" in campaign(scene, "show", "demo").stdout)
        proposed = campaign(scene, "propose", "demo").stdout
        require("PCR" in proposed and "file" in proposed, "a proposal says what it changes")
        refused = campaign(scene, "stage", "demo", good=(2,))
        require("approve" in refused.stderr, "a set without an approval is not staged")
        digest = json.loads(scene.muster("-o", "json", "campaign", "show", "demo").stdout)["proposed"]
        refused = campaign(scene, "approve", "demo", "--set", digest, good=(2,))
        require("another person" in refused.stderr, "the proposer cannot approve")
        campaign(scene, "end", "demo")

        campaign(scene, "start", "demo", "--canary", "node-1", "--canary", "node-2", "--stage-for", "1h")
        scene.until("the canaries attested since", lambda: "they agree" in campaign(scene, "show", "demo").stdout)
        campaign(scene, "propose", "demo")
        staged = campaign(scene, "stage", "demo").stdout
        require("it changes  " in staged and "to see what: muster campaign show demo" in staged,
                "a step after the proposal says how much changes and where to see what")
        scene.until("old and new pass", lambda: all_are(scene, "trusted"))
        scene.muster("evidence", "export", "node-1", "-o", scene.dir / "staged.evidence")
        bundle = scene.call("muster", "appraise", "--bundle", scene.dir / "staged.evidence", "--anchor",
                            scene.dir / "ras" / "anchor.pem")
        require("same verdict, byte for byte" in bundle.stdout, "a bundle carries both sets while they pass")
        refused = campaign(scene, "enforce", "demo", good=(2,))
        require("guard" in refused.stderr, "the guard refuses while half of the group is old")

        scene.stop("ras")
        scene.start_service()
        scene.until("all trusted after a restart", lambda: scene.nodes_or_none() is not None and all_are(scene, "trusted"))
        require(phase(scene) == "staged", "a restart does not forget the stage")

        scene.lab("run", scene.dir / "node-4", TOOL, "--content", "an implant")
        scene.until("the implant is found", lambda: shown(scene)["node-4"] == "untrusted")
        for name in ("node-3", "node-4"):
            upgrade(scene, name)
        scene.until("the implant is gone", lambda: all_are(scene, "trusted"))
        scene.until("all are upgraded", lambda: campaign(scene, "enforce", "demo", good=(0, 2)).returncode == 0)
        require(phase(scene) == "enforced", "enforced")
        scene.until("all trusted under the new set alone", lambda: all_are(scene, "trusted"))

        scene.lab("boot", scene.dir / "node-3", "--kernel", "kernel 1", "--files", "20")
        scene.until("a machine that went back is found", lambda: shown(scene)["node-3"] == "untrusted")
        campaign(scene, "undo", "demo")
        scene.until("undone, it passes again", lambda: all_are(scene, "trusted"))
        require("enforced" in campaign(scene, "show", "demo").stdout, "every step is in the record")


if __name__ == "__main__":
    main()
