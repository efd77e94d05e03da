#!/usr/bin/python3
"""Policies of groups, with real processes and a software TPM.

What breaks if this fails: a policy that is put into force applies to no machine, or to the wrong group; a policy with
a mistake removes the one in force; a group that the guard refuses holds others up; a restart forgets which policy a
verdict was computed with.
"""
import pathlib
import shutil
import signal
import subprocess

from scene import arguments, fleet, require


def reload(scene):
    scene.processes["ras"].send_signal(signal.SIGHUP)


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1", "node-2"], attestation=1, lease=60) as scene:
        policies = scene.dir / "policies"
        policies.mkdir()
        with open(scene.dir / "service.yaml", "a", encoding="utf-8") as file:
            file.write(f"policies: {policies}\n")
        scene.make_machines()
        scene.start_all()
        for name in ("node-1", "node-2"):
            scene.until(f"{name} attested", lambda: scene.nodes().get(name, {}).get("attested"))
            scene.muster("node", "name", scene.nodes()[name]["id"], name)
        scene.muster("reference", "accept", "demo", "--from", "node-1")
        for name in ("node-1", "node-2"):  # the guard lets a single machine turn untrusted, but not two of two
            scene.until(f"{name} trusted", lambda: scene.shown(name) == "trusted")
        default = scene.detail("node-1")["policy"]
        require(len(default) == 64, "a verdict names the policy that it was computed with")

        demanding = "version: 1\nrequire:\n  dbx: {entries: 100000}\n"
        (policies / "other.yaml").write_text(demanding)
        reload(scene)
        scene.until("the other group's policy is in force", lambda: 'group="other"' in scene.tail("ras", 200))
        require(scene.shown("node-1") == "trusted" and scene.detail("node-1")["policy"] == default,
                "another group's policy judges no machine here")

        scene.muster("node", "group", "node-1", "other")
        moved = scene.detail("node-1")
        require(scene.shown("node-1") == "untrusted" and moved["policy"] != default and moved["node"]["group"] == "other",
                "a machine that is moved is judged by its new group's policy at once")
        scene.until("it attests again", lambda: scene.detail("node-1")["attestation"] > moved["attestation"])
        require(scene.shown("node-1") == "untrusted" and scene.detail("node-1")["policy"] == moved["policy"],
                "its open session continues under the new group's policy")
        scene.muster("node", "group", "node-1", "demo")
        require(scene.shown("node-1") == "trusted" and scene.detail("node-1")["policy"] == default,
                "after the move back nothing of the other group stays")
        require("demo -> other" in scene.muster("log", "show").stdout, "the log names both groups")

        (policies / "demo.yaml").write_text(demanding)
        tried = scene.muster("policy", "try", policies / "demo.yaml", "--group", "demo", good=(1,))
        require("require.dbx" in tried.stdout and "The guard would refuse it" in tried.stdout,
                "a trial says what the policy would do, and changes nothing")
        (policies / "other.yaml").write_text(demanding.replace("100000", "100001"))
        reload(scene)
        scene.until("the guard refuses it", lambda: "policy.refused" in scene.tail("ras", 200))
        scene.until("and holds up no other group", lambda: len(
            [line for line in scene.tail("ras", 200).splitlines()
             if "policy.in_force" in line and 'group="other"' in line]) == 2)
        require(scene.shown("node-1") == "trusted" and scene.detail("node-1")["policy"] == default,
                "a policy that would turn a whole group untrusted is not applied while the guard forbids it")
        with open(scene.dir / "service.yaml", "a", encoding="utf-8") as file:
            file.write("references: {guard_percent: 100}\n")
        reload(scene)
        scene.until("node-1 untrusted", lambda: scene.shown("node-1") == "untrusted")
        finding = scene.finding("node-1", lambda one: one["check"] == "require.dbx")
        require(finding and finding["expected"] == "at least 100000 entries" and finding["remedy"],
                "the group's own policy re-appraises it, and the finding says what it requires")
        strict = scene.detail("node-1")["policy"]
        require(strict != default, "the digest of the policy has changed")

        def check_config(file):
            return subprocess.run([str(scene.bin / "ras"), "--config", str(file), "--check-config"],
                                  capture_output=True, text=True, check=False)
        checked = check_config(scene.dir / "service.yaml")
        require(checked.returncode == 0 and f"2 policies in {policies}" in checked.stdout
                and "vendors: 1 root, " in checked.stdout and "an IMA list may be up to " in checked.stdout,
                "--check-config says what it has read")
        small = (scene.dir / "service.yaml").read_text().replace("limits:\n", "limits:\n  evidence_memory: 16MiB\n")
        (scene.dir / "other.yaml").write_text(small)
        require("WARNING: an IMA list may be up to 4MiB, a quarter of limits.evidence_memory (16MiB), not the 256MiB"
                in check_config(scene.dir / "other.yaml").stdout, "--check-config says how long a list may be")
        require("listen.agents: WARNING: " in checked.stdout and "is it this one, which runs already?" in checked.stdout,
                "--check-config sees that the address of the agents is taken")
        key = next((scene.dir / "ras" / "ca").glob("*.key")) if (scene.dir / "ras" / "ca").is_dir() else None
        if key:
            key.chmod(0o644)
            require(f"{key}: other users can read this key" in check_config(scene.dir / "service.yaml").stdout,
                    "and keys that others can read")
            key.chmod(0o600)
        lone = scene.dir / "lone"
        lone.mkdir()
        shutil.copy(next((scene.dir / "vendor" / "intermediates").iterdir()), lone)
        (scene.dir / "other.yaml").write_text(
            (scene.dir / "service.yaml").read_text().replace("vendor/roots", "lone"))
        require("leads to no root: the certificate of " in check_config(scene.dir / "other.yaml").stdout,
                "and a vendor's CA that leads to no root")
        without = (scene.dir / "service.yaml").read_text().replace("vendor/roots", "vendor/none")
        (scene.dir / "other.yaml").write_text(without)
        checked = check_config(scene.dir / "other.yaml")
        require(checked.returncode == 2 and "vendor/none: No such file" in checked.stderr,
                "--check-config looks for the vendors' certificates, as a start does")
        started = subprocess.run([str(scene.bin / "ras"), "--config", str(scene.dir / "other.yaml")],
                                 capture_output=True, text=True, check=False, timeout=60)
        require(started.returncode == 2 and "vendor/none: No such file" in started.stderr,
                "and a start says the same, in a way that systemd does not repeat for ever")
        whole = (scene.dir / "service.yaml").read_text()
        (scene.dir / "other.yaml").write_text("socket_group: no-such-group-here\n" + whole)
        checked = check_config(scene.dir / "other.yaml")
        require(checked.returncode == 2 and "socket_group: no-such-group-here: there is no such group" in checked.stderr,
                "and for the group of the socket")
        digest = "ab" * 32
        (scene.dir / "other.yaml").write_text(whole.replace(
            "admission:\n", f"admission:\n  deny: {{eks: [{digest}], issuers: [{digest}]}}\n"))
        checked = check_config(scene.dir / "other.yaml").stdout
        require("deny: 1 EK, 0 certificates, 1 issuer, 0 firmware bounds" in checked
                and f"deny: WARNING: admission.deny.issuers: {digest} is the key of no certificate" in checked,
                "it counts the denials, and names an issuer that no certificate has")

        (policies / "demo.yaml").write_text("version: 1\nrequire:\n  dbx: {entries: lots}\n")
        reload(scene)
        scene.until("the mistake is reported", lambda: "demo.yaml:3: require.dbx.entries:" in scene.tail("ras", 200))
        checked = check_config(scene.dir / "service.yaml")
        require(checked.returncode == 2 and "demo.yaml:3: require.dbx.entries:" in checked.stderr,
                "--check-config names file, line and key")
        require(scene.shown("node-1") == "untrusted" and scene.detail("node-1")["policy"] == strict,
                "a policy with a mistake changes nothing: the one in force stays")

        (policies / "demo.yaml").write_text("version: 1\nparent: other\nseverity: {require.dbx: warning}\n")
        reload(scene)
        scene.until("node-1 warning", lambda: scene.shown("node-1") == "warning")
        lenient = scene.detail("node-1")["policy"]
        scene.stop("ras")
        scene.start_service()
        scene.until("node-1 is back", lambda: scene.shown("node-1") == "warning")
        require(scene.detail("node-1")["policy"] == lenient, "a restart continues with the same policy")

        signer = pathlib.Path(__file__).resolve().parents[1] / "data/signatures/signer.pem"
        (policies / "signer.pem").write_bytes(signer.read_bytes())
        (policies / "demo.yaml").write_text("version: 1\nima:\n  signatures:\n    mode: accept\n"
                                            "    keys: [signer.pem]\n    require: ['/usr/local/bin/.*']\n")
        reload(scene)
        scene.until("node-1 trusted by a policy with keys", lambda: scene.shown("node-1") == "trusted")
        scene.lab("run", scene.dir / "node-1", "/usr/local/bin/unsigned")
        scene.until("a file without signature", lambda: scene.finding("node-1", lambda one: one["check"] == "ima.signature"))
        finding = scene.finding("node-1", lambda one: one["check"] == "ima.signature")
        require(finding["subject"] == "/usr/local/bin/unsigned" and finding["found"].startswith("no signature"),
                "if files must be signed, an unsigned one is found by its path")
        (policies / "demo.yaml").write_text("version: 1\nima:\n  signatures:\n    mode: off\n"
                                            "severity: {ima.unknown-file: warning}\n")
        reload(scene)
        scene.until("node-1 warning for the unknown file alone", lambda: scene.shown("node-1") == "warning")
        require(not scene.finding("node-1", lambda one: one["check"] == "ima.signature"),
                "a policy that requires no signature ends the finding, from the records alone")

        scene.lab("reboot", scene.dir / "node-1")
        (policies / "demo.yaml").unlink()
        reload(scene)
        scene.until("node-1 trusted again", lambda: scene.shown("node-1") == "trusted")
        require(scene.detail("node-1")["policy"] == default,
                "without its own policy, a group has the policy of all others")


if __name__ == "__main__":
    main()
