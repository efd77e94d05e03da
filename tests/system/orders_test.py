#!/usr/bin/python3
"""Orders of operators other than `attest`, with real processes: renew, reconfigure, unregister.

What breaks if this fails: an order that is reported as done was not carried out; a machine that is set to beat slowly
is cut for its silence, or beats as before after a restart; a machine that left is listed for ever, or a machine that
was forgotten and enrolled again is made to leave by an earlier order.
"""
import json
import subprocess
import time

from commands_test import Since, beats, state_file
from relay import Relay
from scene import PATIENCE, arguments, fleet, require


def connected(scene):
    return (scene.nodes_or_none() or {}).get("node-1", {}).get("connected")


def restart_agent(scene):
    scene.stop("node-1")
    scene.until("node-1 is gone", lambda: not connected(scene))
    log = Since(scene, "node-1")
    scene.start_agent("node-1")
    scene.until("node-1 is back", lambda: connected(scene) and log.lines("agent.connected"))
    return log


def renew(scene):
    log, old = Since(scene, "node-1"), state_file(scene, "node.crt")
    serial = scene.detail("node-1")["certificate_serial"]
    for _ in range(3):  # one after the other, sooner than a machine may ask by itself
        said = scene.muster("node", "renew", "node-1")
        require("new certificate" in said.stdout, "an operator who orders a renewal waits for the certificate")
        new = state_file(scene, "node.crt")
        require(new not in (b"", old), "the certificate is a new one, and on the machine's disk")
        old = new
    require(not log.lines("agent.refused") and not log.lines("agent.lost"), "no session ends because of it")
    require(len(log.lines("errand.ended", "renew", "done")) == 3, "the agent carried out each order once")
    log = restart_agent(scene)
    require(not log.lines("agent.admitted"), "the new certificate opens the next session")
    shown = scene.detail("node-1")
    require(shown["certificate_serial"] not in ("", serial) and shown["certificate_not_after"],
            f"`node show` shows the new certificate: until {shown['certificate_not_after']}")


def refuses(scene):
    for option, value, says in (("--beat", "61s", "beat: from 100ms to 1m"), ("--beat", "10ms", "beat: from 100ms"),
                                ("--beat", "soon", "beat: "), ("--jitter", "11m", "jitter: from 1ms to 10m")):
        refused = scene.muster("node", "reconfigure", "node-1", option, value, good=(2,))
        require(says in refused.stderr, f"{option} {value} is refused: {refused.stderr.strip()}")
    refused = scene.muster("node", "reconfigure", "node-1", good=(2,))
    require("nothing is set" in refused.stderr, f"an order without a setting is refused: {refused.stderr.strip()}")
    require(not scene.detail("node-1").get("tuning"), "and no setting changed")


def reconfigure(scene, relay):
    fast = min(beats(scene, relay, 3))
    service, log = Since(scene, "ras"), Since(scene, "node-1")
    # More than three beats of the service, after which a silent session is cut. The first beats of a session also
    # carry an attestation, so only the longest of several intervals is surely a whole beat.
    scene.muster("node", "reconfigure", "node-1", "--beat", "3s", "--log-level", "debug")
    require(log.lines("agent.tuned", "debug"), "the agent logs at the level that was set")
    require(scene.detail("node-1")["tuning"] == {"beat": "3s", "jitter": "", "log_level": "debug"},
            "`node show` shows the settings")
    slow = max(beats(scene, relay, 3))
    require(slow > 2.5 > fast, f"it beats every {slow:.2f} s instead of every {fast:.2f} s")
    require(not service.lines("session.detached") and not log.lines("agent.lost"),
            "and the service does not cut it for its silence")
    log = restart_agent(scene)
    scene.until("the agent gets the settings again", lambda: log.lines("agent.tuned", "debug"))
    slow = max(beats(scene, relay, 3))
    require(slow > 2.5, f"after a restart of the agent it beats every {slow:.2f} s")
    scene.stop("ras")
    scene.start_service()
    scene.until("node-1 is back", lambda: connected(scene))
    slow = max(beats(scene, relay, 3))
    require(slow > 2.5, f"after a restart of the service it beats every {slow:.2f} s")


def reconfigure_one_that_is_away(scene, relay):
    scene.stop("node-1")
    scene.until("node-1 is gone", lambda: not connected(scene))
    told = scene.muster("node", "reconfigure", "node-1", "--beat", "default", "--log-level", "default", "--timeout", "1s",
                        good=(2,))
    require("recorded; node-1 follows from its next beat on" in told.stderr,
            f"for a machine that is away the answer is: {told.stderr.strip()}")
    require(not scene.detail("node-1").get("tuning"), "the earlier settings have ended")
    scene.start_agent("node-1")
    scene.until("node-1 is back", lambda: connected(scene))
    fast = min(beats(scene, relay, 3))
    require(fast < 2.5, f"the machine follows the order when it comes back: every {fast:.2f} s")


def forget_with_an_open_order(scene):
    """An order that was open when its machine was forgotten never reaches the machine that enrols again."""
    scene.stop("node-1")
    scene.until("node-1 is gone", lambda: not connected(scene))
    command = [str(scene.bin / "muster"), "--socket", str(scene.socket), "node", "unregister", "node-1", "--yes",
               "--timeout", "10m"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waits:
        try:
            scene.until("the order is on record", lambda: "unregister" in scene.muster("log", "show").stdout)
            scene.muster("node", "forget", "node-1", "--yes")
            _, said = waits.communicate(timeout=PATIENCE)
        finally:
            waits.kill()
    require("forgotten" in said and waits.returncode == 2, f"the waiting operator is notified: {said.strip()}")
    log = Since(scene, "node-1")
    scene.start_agent("node-1")
    scene.until("node-1 enrols again", lambda: log.lines("agent.admitted"))
    scene.until("node-1 attested", lambda: (scene.nodes().get("node-1") or {}).get("attested"))
    scene.muster("node", "name", scene.nodes()["node-1"]["id"], "node-1")
    scene.muster("node", "attest", "node-1", good=(0, 1, 3, 4))
    require(not log.lines("errand.starts", "unregister"), "the earlier order does not reach it")


def unregister(scene):
    warned = scene.muster("node", "unregister", "node-1", good=(2,))
    require("Nothing was changed" in warned.stderr, "without --yes nothing happens")
    agent = scene.processes.pop("node-1")
    said = scene.muster("node", "unregister", "node-1", "--yes")
    require("has left and is forgotten" in said.stdout,
            f"the operator waits until the machine has left: {said.stdout.strip()}")
    require("node-1" not in scene.nodes(), "the machine is not listed any more")
    require(agent.wait(PATIENCE) == 0, "its agent ends")
    require(state_file(scene, "unregistered") and not state_file(scene, "node.crt"), "the agent leaves no certificate")
    log = Since(scene, "node-1")
    scene.start_agent("node-1")
    require(scene.processes.pop("node-1").wait(PATIENCE) == 0, "an agent that is started again by accident ends")
    require(log.lines("unregistered"), "and says what to do")
    (scene.dir / "node-1.state" / "unregistered").unlink()
    scene.start_agent("node-1")
    scene.until("node-1 attested", lambda: (scene.nodes().get("node-1") or {}).get("attested"))
    time.sleep(2)  # several beats: the agent has reported everything from before
    require(connected(scene), "once that file is removed the machine enrols as a new one, and stays")


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1"], attestation=60, lease=180) as scene:
        relay = Relay(scene.port)
        service = scene.dir / "service.yaml"
        service.write_text(service.read_text().replace("beat: 1s", "beat: 500ms"))
        node = scene.dir / "node-1.yaml"
        node.write_text(node.read_text().replace(f"127.0.0.1:{scene.port}", f"127.0.0.1:{relay.port}"))
        scene.make_machines()
        scene.start_all()
        scene.until("node-1 attested", lambda: scene.nodes().get("node-1", {}).get("attested"))
        scene.muster("node", "name", scene.nodes()["node-1"]["id"], "node-1")
        renew(scene)
        refuses(scene)
        reconfigure(scene, relay)
        reconfigure_one_that_is_away(scene, relay)
        forget_with_an_open_order(scene)
        unregister(scene)
        require("unregister" in json.dumps(json.loads(scene.muster("log", "show", "-o", "json").stdout)),
                "the log of records has the orders")


if __name__ == "__main__":
    main()
