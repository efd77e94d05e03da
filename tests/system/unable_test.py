#!/usr/bin/python3
"""A TPM that hangs, and one that fails: operators see why a machine is stale, and it comes back by itself.

What breaks if this fails: a machine whose TPM is broken is stale without a visible reason, or an excuse keeps it
trusted.
"""
import os
import signal

from scene import arguments, fleet, require


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["web-1"], attestation=2, lease=8) as scene:
        config = scene.dir / "service.yaml"
        config.write_text(config.read_text().replace("attestation:\n", "attestation:\n  reconnect_pause: 1s\n"))
        scene.make_machines()
        scene.start_all()
        scene.until("web-1 attested", lambda: [1 for node in scene.nodes().values() if node["attested"]])
        node = "web-1"
        scene.muster("node", "name", scene.nodes()[node]["id"], node)
        scene.muster("reference", "accept", "demo", "--from", node)
        scene.until("web-1 trusted", lambda: scene.shown(node) == "trusted")
        tpm = int((scene.dir / "web-1" / "swtpm.pid").read_text())
        os.kill(tpm, signal.SIGSTOP)
        try:
            scene.until("it ends as stale", lambda: scene.shown(node) == "stale")
            why = scene.until("and the reason is shown", lambda: scene.detail(node)["node"]["unable"])
            # Before the TPM continues, which brings a new verdict.
            require("no new verdict since" in scene.muster("node", "show", node, good=(0, 1, 3, 4)).stdout,
                    "`muster node show` has a line for it")
        finally:
            os.kill(tpm, signal.SIGCONT)
        require("the TPM has not answered" in why or "no complete evidence" in why, f"the reason shown: {why}")
        require("event=attestation.missing" in (scene.dir / "ras.log").read_text(), "and the log has it")
        scene.until("it is trusted again", lambda: scene.shown(node) == "trusted")
        require(not scene.detail(node)["node"]["unable"], "and the machine lacks nothing any more")

        # The machine loses its TPM: the agent reports it at once.
        scene.lab("off", scene.dir / "web-1")
        why = scene.until("a missing TPM is reported", lambda: scene.detail(node)["node"]["unable"], seconds=30)
        require("the machine says" in why, f"the reason shown: {why}")
        scene.until("and it ends as stale", lambda: scene.shown(node) == "stale")


if __name__ == "__main__":
    main()
