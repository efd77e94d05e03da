#!/usr/bin/python3
"""Orders of operators and changes of configuration, as they arrive at the agent, with real processes.

What breaks if this fails: an order is acknowledged that the machine never carried out, or runs late or twice; a
forgotten machine continues with its old certificate, or does not come back; a certificate expires; a changed interval
needs a restart of the service.

The other orders are in orders_test.py.
"""
import re
import signal
import statistics
import subprocess
import time

from relay import Relay
from scene import PATIENCE, Failed, arguments, fleet, require


def log_of(scene, name):
    log = scene.dir / f"{name}.log"
    return log.read_text(errors="replace").splitlines() if log.exists() else []


class Since:
    """The lines that a process logs from now on."""

    def __init__(self, scene, name):
        self.scene, self.name, self.begin = scene, name, len(log_of(scene, name))

    def lines(self, *words):
        return [line for line in log_of(self.scene, self.name)[self.begin:] if all(word in line for word in words)]


def state_file(scene, name):
    file = scene.dir / "node-1.state" / name
    return file.read_bytes() if file.exists() else b""


def reload_with(scene, change):
    """Makes the service read its changed configuration."""
    file = scene.dir / "service.yaml"
    file.write_text(change(file.read_text()))
    log = Since(scene, "ras")
    scene.processes["ras"].send_signal(signal.SIGHUP)
    scene.until("the configuration is read again", lambda: log.lines("config.reloaded"))
    return log


def attest_now(scene):
    log = Since(scene, "node-1")
    before = scene.detail("node-1")["attestation"]
    scene.muster("node", "attest", "node-1", good=(0, 1, 3, 4))
    after = scene.detail("node-1")["attestation"]
    require(after == before + 1, f"attest: answered when attestation {after} was judged, long before the next is due")
    done = scene.until("the errand ends", lambda: log.lines("errand.ended", "attest"))
    require(len(log.lines("errand.starts", "attest")) == 1 and "done" in done[0],
            "the agent carried it out once, and logged it as done")
    number = re.search(r"command=(\d+)", done[0])[1]
    require(f"errand {number} attest".encode() in state_file(scene, "errands"), "the agent has the errand on its disk")


def attest_a_machine_that_is_away(scene):
    scene.stop("node-1")
    scene.until("node-1 is gone", lambda: not scene.nodes()["node-1"]["connected"])
    refused = scene.muster("node", "attest", "node-1", "--timeout", "1s", good=(1, 2, 3, 4, 5))
    require("not attested" in refused.stderr and "was not done in time" in refused.stderr,
            f"an order for a machine that is away ends with its time: {refused.stderr.strip()}")
    log = Since(scene, "node-1")
    scene.start_agent("node-1")
    scene.until("node-1 is back and attested", lambda: scene.nodes()["node-1"]["connected"] and log.lines("agent.connected"))
    reached = scene.detail("node-1")["attestation"]
    scene.muster("node", "attest", "node-1", good=(0, 1, 3, 4))
    scene.until("a later order is carried out", lambda: log.lines("errand.ended", "attest"))
    require(len(log.lines("errand.starts")) == 1 and scene.detail("node-1")["attestation"] > reached,
            "it is not carried out later: only the order after it was")


def forget(scene):
    log = Since(scene, "node-1")
    old = state_file(scene, "node.crt")
    scene.muster("node", "forget", scene.nodes()["node-1"]["id"], "--yes")
    told = scene.until("node-1 is notified", lambda: log.lines("agent.refused", "forgotten"))
    require("session" in told[0],
            f"forget ends the session, and the agent is notified: {told[0].split('text=', 1)[-1]}")
    scene.until("node-1 enrols again", lambda: log.lines("agent.admitted"))
    scene.until("with a new certificate", lambda: state_file(scene, "node.crt") not in (b"", old))
    scene.until("node-1 attested", lambda: scene.nodes().get("node-1", {}).get("attested"))
    scene.muster("node", "name", scene.nodes()["node-1"]["id"], "node-1")
    require(scene.detail("node-1")["generation"] == 1, "a forgotten machine starts again at generation 1")


def beats(scene, relay, count):
    """The times between each of the next beats and the one before it."""
    relay.forget()
    scene.until(f"{count} beats", lambda: len(relay.sent_at) > count)
    return [later - earlier for earlier, later in zip(relay.sent_at, relay.sent_at[1:])]


def interval_reaches_agent(scene, relay):
    fast = statistics.median(beats(scene, relay, 5))
    log = Since(scene, "node-1")
    # More than three times the old interval, after which a silent connection was cut.
    said = reload_with(scene, lambda text: text.replace("beat: 500ms", "beat: 2s"))
    require(not said.lines("needs_restart"), "the service takes another beat without a restart")
    beats(scene, relay, 1)
    slow = statistics.median(beats(scene, relay, 3))
    # A busy machine makes both longer, but neither shorter.
    require(slow > 1.5 > fast, f"the session that was open beats every {slow:.2f} s instead of every {fast:.2f} s")
    require(not log.lines("agent.lost") and not log.lines("agent.refused"), "and the service does not cut it")


def stops_at_once(scene):
    """An order that is open or settled must not keep the service from ending."""
    service = scene.processes.pop("ras")
    service.terminate()
    try:
        status = service.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        service.kill()
        raise Failed(f"the service lives {PATIENCE} s after it was asked to end") from None
    require(status == 0, "the service ends when it is asked to, despite open orders")


def renewal(scene, admitted_at):
    log = Since(scene, "node-1")
    old = state_file(scene, "node.crt")
    renewed = scene.until("the certificate is renewed", lambda: log.lines("agent.renewed"))
    took = time.monotonic() - admitted_at
    require(renewed and took > 30, f"a certificate of a minute is renewed at two thirds: after {took:.0f} s")
    scene.until("it is on the disk", lambda: state_file(scene, "node.crt") not in (b"", old))
    require(not log.lines("agent.refused") and not log.lines("agent.lost"), "the session continues")
    scene.stop("node-1")
    log = Since(scene, "node-1")
    scene.start_agent("node-1")
    scene.until("node-1 connects again", lambda: log.lines("agent.connected"))
    require(not log.lines("agent.admitted"), "the renewed certificate opens the next session")


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1"], attestation=60, lease=180) as scene:
        relay = Relay(scene.port)
        service = scene.dir / "service.yaml"
        service.write_text(service.read_text().replace("beat: 1s", "beat: 500ms") + "certificates:\n  node: 1m\n")
        node = scene.dir / "node-1.yaml"
        node.write_text(node.read_text().replace(f"127.0.0.1:{scene.port}", f"127.0.0.1:{relay.port}"))
        scene.make_machines()
        scene.start_all()
        scene.until("node-1 attested", lambda: scene.nodes().get("node-1", {}).get("attested"))
        forget(scene)
        admitted_at = time.monotonic()
        attest_now(scene)
        attest_a_machine_that_is_away(scene)
        interval_reaches_agent(scene, relay)
        renewal(scene, admitted_at)
        stops_at_once(scene)


if __name__ == "__main__":
    main()
