#!/usr/bin/python3
"""Identities under attack, with real processes and software TPMs.

What breaks if this fails: a software EK is trusted; an approval admits another machine; a copied identity goes
unnoticed; a revoked machine comes back; a denial ends because a machine leaves out what is denied; a machine that goes
silent loses a bad verdict.
"""
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess

from old_chip import open_old_chip, pass_without_certificates
from scene import arguments, fleet, require


def pending(scene, name):
    node = scene.nodes().get(name)
    return node if node and node["shown"] == "pending" else None


def alarm(scene, node):
    return any(one["check"] == "identity.two-hosts" for one in scene.detail(node)["findings"])


def reload_with(scene, admission):
    """Adds a line to the section `admission`; without one, restores the section."""
    file = scene.dir / "service.yaml"
    plain = [one for one in file.read_text().splitlines() if not one.startswith("  deny: ")]
    at = plain.index("admission:") + 1
    file.write_text("\n".join(plain[:at] + admission + plain[at:]) + "\n")
    scene.processes["ras"].send_signal(signal.SIGHUP)


def denied(scene, node_1):
    """A vendor or an operator withdraws trust from what is enrolled already."""
    reload_with(scene, [f"  deny: {{eks: [{node_1}]}}"])
    scene.until("node-1 untrusted", lambda: scene.shown("node-1") == "untrusted")
    said = [one for one in scene.detail(node_1)["findings"] if one["check"] == "identity.denied"]
    require(said and "admission.deny.eks" in said[0]["sentence"],
            "an EK that is denied makes an enrolled machine untrusted by a reload, and says why")
    reload_with(scene, [])
    scene.until("node-1 trusted without the denial", lambda: scene.shown("node-1") == "trusted")
    # An empty folder is a missing mount: nothing changes, and the log says so.
    roots = scene.dir / "vendor" / "roots"
    away = scene.dir / "roots-away"
    shutil.move(roots, away)
    roots.mkdir()
    reload_with(scene, [])
    scene.until("the loss is reported", lambda: "0 roots (1 before)" in scene.tail("ras", 200))
    require(scene.shown("node-1") == "trusted", "a reload without any root keeps the earlier roots")
    log = scene.tail("ras", 200)
    require("config.refused" in log and "vendor_roots.empty" not in log and "unvouched" not in
            {key for key, text in scene.detail(node_1).items() if text},
            "the reload is refused as a whole, and nothing is said of the empty folder as if it were in force")
    # The vendor's root is removed while another stays: a machine admitted by that root alone has no endorsement left.
    scene.lab("vendor", scene.dir / "stranger")
    for one in (scene.dir / "stranger" / "roots").iterdir():
        shutil.copy(one, roots)
    reload_with(scene, [])
    scene.until("node-1 falls back to its admission", lambda: scene.nodes()["node-1"]["endorsement"] == "none")
    said = [one for one in scene.detail(node_1)["findings"] if one["check"] == "identity.not-vouched"]
    require(said and scene.shown("node-1") == "unknown",
            "without its vendor's root nothing vouches for it, and a finding says so")
    why = scene.detail(node_1)
    require("no root for issuer" in why["unvouched"] and "admission.vendor_roots" in why["unvouched_remedy"],
            "node show says which root is missing and where it belongs")
    shutil.rmtree(roots)
    shutil.move(away, roots)
    reload_with(scene, [])
    scene.until("node-1 trusted with the root", lambda: scene.shown("node-1") == "trusted")
    # The list of makers changes with a reload, too.
    file = scene.dir / "service.yaml"
    whole = file.read_text()
    file.write_text(re.sub(r"manufacturers: .*", 'manufacturers: ["id:494E5443"]', whole))
    scene.processes["ras"].send_signal(signal.SIGHUP)
    scene.until("its maker is refused", lambda: "is not in admission.manufacturers" in
                scene.detail(node_1).get("unvouched", ""))
    require("vendor_roots" not in scene.detail(node_1)["unvouched_remedy"],
            "a maker that the list refuses is no occasion to add roots")
    file.write_text(whole)
    scene.processes["ras"].send_signal(signal.SIGHUP)
    scene.until("node-1 trusted with its maker", lambda: scene.shown("node-1") == "trusted")
    entries = json.loads(scene.muster("log", "show", "-o", "json").stdout)["entries"]
    require("vouching" in {one["action"] for one in entries}, "changes of what vouches for a machine are in the log")


def left_out(scene, node_1):
    """The CA above its certificate is denied, and the machine enrols again without any certificate."""
    ca = next((scene.dir / "vendor" / "intermediates").iterdir())
    key = subprocess.run(["openssl", "x509", "-in", ca, "-noout", "-pubkey"], check=True, stdout=subprocess.PIPE).stdout
    spki = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True,
                          stdout=subprocess.PIPE).stdout
    reload_with(scene, [f"  deny: {{issuers: [{hashlib.sha256(spki).hexdigest()}]}}"])
    scene.until("node-1 untrusted by its CA", lambda: scene.shown("node-1") == "untrusted")
    scene.stop("node-1")
    file = scene.dir / "node-1.yaml"
    honest = file.read_text()
    real = re.search(r'^tpm: .*path=([^"]*)', honest, re.MULTILINE)[1]
    bare = open_old_chip(real, scene.dir / "bare", pass_without_certificates)
    file.write_text(re.sub(r"^tpm: .*", f'tpm: "swtpm:path={bare}"', honest, flags=re.MULTILINE))
    (scene.dir / "node-1.state" / "node.crt").unlink()
    before = scene.detail(node_1)["attestation"]
    scene.start_agent("node-1")
    scene.until("node-1 attested without a certificate", lambda: scene.detail(node_1)["attestation"] > before + 1)
    said = [one for one in scene.detail(node_1)["findings"] if one["check"] == "identity.denied"]
    require(said and scene.shown("node-1") == "untrusted", "a machine that leaves out its certificate is still denied")
    scene.stop("node-1")
    file.write_text(honest)
    reload_with(scene, [])
    scene.start_agent("node-1")
    scene.until("node-1 trusted when the list is mended", lambda: scene.shown("node-1") == "trusted")


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1", "soft-1", "twin"], attestation=1, lease=60) as scene:
        scene.lab("vendor", scene.dir / "vendor")
        scene.lab("create", scene.dir / "node-1", "--vendor", scene.dir / "vendor", "--hostname", "node-1")
        scene.lab("create", scene.dir / "soft-1", "--ek", "none", "--hostname", "soft-1")
        for name in ("node-1", "soft-1"):
            scene.lab("boot", scene.dir / name, "--files", "20")
            scene.adopt_paths(name)
        scene.start_service()
        scene.start_agent("node-1")
        scene.start_agent("soft-1")

        scene.until("node-1 attested", lambda: scene.nodes().get("node-1", {}).get("attested"))
        waiting = scene.until("soft-1 waits", lambda: pending(scene, "soft-1"))
        require(waiting["endorsement"] in ("none", "operator"), "a TPM that nothing vouches for waits for an operator")
        wrong = "0" * 64
        refused = scene.muster("node", "approve", waiting["id"], "--fingerprint", wrong, good=(2,))
        require("fingerprint" in refused.stderr, "an approval with another fingerprint is refused, and says so")
        told = scene.muster("node", "approve", waiting["id"], "--fingerprint", waiting["fingerprint"], "--group",
                            "demo", "--name", "soft-1").stdout
        require("admitted when its agent asks again" in told, "an approval says what it waits for")
        scene.until("soft-1 attested", lambda: scene.nodes()["soft-1"]["attested"])

        node_1 = scene.nodes()["node-1"]["id"]
        refused = scene.muster("reference", "accept", "demo", "--from", "soft-1", good=(2,))
        require("vouches" in refused.stderr, "a software EK's state is no reference")
        scene.muster("reference", "accept", "demo", "--from", node_1)
        scene.until("node-1 trusted", lambda: scene.shown("node-1") == "trusted")
        # The behaviour of honest machines must not look like a second host.
        scene.stop("ras")
        scene.start_service()
        before = scene.detail(node_1)["boot_id"]
        scene.lab("boot", scene.dir / "node-1", "--files", "20")
        scene.stop("node-1")
        scene.start_agent("node-1")
        scene.until("node-1 attested after a reboot", lambda: scene.detail(node_1)["boot_id"] != before)
        scene.until("node-1 trusted after a reboot", lambda: scene.shown("node-1") == "trusted")
        require(not alarm(scene, node_1), "a restart of the service and a reboot raise no alarm")
        denied(scene, node_1)
        left_out(scene, node_1)
        scene.until("soft-1 judged", lambda: scene.shown("soft-1") == "warning")
        require(True, "an approved software EK is worth a warning at best")

        # A copy of the agent's state: the same key and certificate on a second host, with the same TPM behind it.
        shutil.copytree(scene.dir / "node-1.state", scene.dir / "twin.state")
        text = (scene.dir / "node-1.yaml").read_text()
        (scene.dir / "twin.yaml").write_text(text.replace("node-1.state", "twin.state"))
        scene.start_agent("twin")
        scene.until("the first session is superseded", lambda: "superseded" in scene.tail("node-1", 200) or "took over" in scene.tail("node-1", 200)
                    or "superseded" in scene.tail("twin", 200) or "took over" in scene.tail("twin", 200))
        require(True, "one identity on two hosts: the newer session supersedes, and the other host is notified")
        scene.until("the alarm", lambda: alarm(scene, node_1))
        require(scene.nodes()["node-1"]["shown"] == "warning" or scene.detail(node_1)["node"]["verdict"] == "warning",
                "one identity on two hosts is an alarm, and at best a warning")
        scene.stop("twin")
        scene.stop("ras")
        scene.start_service()
        require(alarm(scene, node_1), "a restart of the service keeps the alarm")
        scene.muster("node", "acknowledge", node_1)
        require(not alarm(scene, node_1), "an operator ends the alarm")
        scene.stop("node-1")
        scene.start_agent("node-1")
        scene.until("node-1 trusted again", lambda: scene.shown("node-1") == "trusted")
        refused = scene.muster("node", "acknowledge", node_1, good=(2,))
        require("no alarm" in refused.stderr, "an agent that comes back alone raises no alarm")

        scene.lab("run", scene.dir / "soft-1", "/usr/local/bin/implant")
        scene.until("soft-1 untrusted", lambda: scene.shown("soft-1") == "untrusted")
        scene.lab("run", scene.dir / "soft-1", "/usr/local/bin/harmless-looking", "--content", "x")
        scene.stop("soft-1")
        scene.until("soft-1 gone", lambda: not scene.nodes()["soft-1"]["connected"])
        held = scene.detail("soft-1")
        require(scene.shown("soft-1") == "untrusted" and any("implant" in one["subject"] for one in held["findings"]),
                "silence does not mend a bad verdict, and its finding stays")

        reader, writer = os.pipe()
        os.close(reader)
        left = subprocess.run([str(scene.bin / "muster"), "--socket", str(scene.socket), "nodes"], stdout=writer,
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        os.close(writer)
        require(left.returncode == 0 and not left.stderr, "a reader that closes the pipe early causes no error")

        asked = scene.muster("node", "revoke", node_1, good=(2,))
        require("--yes" in asked.stderr and scene.shown("node-1") != "revoked", "revoking is permanent: it asks first")
        told = scene.muster("node", "revoke", node_1, "--yes", "--reason", "stolen from rack 4").stdout
        require(scene.shown("node-1") == "revoked", "the revocation is shown at once")
        require("stolen from rack 4" in scene.muster("node", "show", node_1, good=(1,)).stdout, "and with its reason")
        again = scene.muster("node", "revoke", node_1, "--yes", "--reason", "sold", good=(2,))
        require("stolen from rack 4" in again.stderr and
                "stolen from rack 4" in scene.muster("node", "show", node_1, good=(1,)).stdout,
                "a second revocation is refused and does not erase the first reason")
        number = told.split("(record ")[1].split(")")[0]
        record = scene.muster("log", "show", "--after", str(int(number) - 1), "--limit", "1").stdout.splitlines()[-1]
        require(record.startswith(number) and "revoke" in record and "stolen from rack 4" in record,
                f"the number that a change prints is that of its record: {number}")
        refused = scene.muster("node", "attest", node_1, good=(1,))
        require("revoked" in refused.stderr, "a revoked machine is not asked to attest, and the exit status is 1")
        scene.stop("node-1")
        shutil.rmtree(scene.dir / "node-1.state")
        scene.muster("node", "forget", node_1, "--yes")
        scene.start_agent("node-1")
        scene.until("node-1 is refused", lambda: "revoked" in scene.tail("node-1", 200))
        require("node-1" not in scene.nodes(), "a revocation outlives forgetting: the same TPM is refused")


if __name__ == "__main__":
    main()
