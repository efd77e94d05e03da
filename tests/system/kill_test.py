#!/usr/bin/python3
"""Kills the service again and again while agents enrol and attest.

What breaks if this fails: something that an agent or an operator was told is done was not durable; or a restart gave
a machine a better standing than it had; or agents did not come back by themselves.
"""
import json
import os
import random
import signal
import time

from scene import Failed, arguments, fleet, require, say


def serials(scene):
    """Certificates that agents hold: acknowledged to them, so on record at the service."""
    found = {}
    for name in scene.names:
        certificate = scene.dir / f"{name}.state" / "node.crt"
        if certificate.exists():
            found[name] = certificate.read_bytes()
    return found


def kill_service(scene):
    process = scene.processes.pop("ras")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


class Ordeal:
    """Kills the service at moments of chance, and holds what comes back against what was acknowledged before."""

    def __init__(self, scene, chance):
        self.scene, self.chance = scene, chance
        self.kills = 0
        self.acknowledged = {}  # node id: the name that the service said is recorded
        self.untrusted = None   # the machine that was seen to be untrusted

    def kill(self, times):
        for _ in range(times):
            time.sleep(self.chance.uniform(0.05, 1.2))
            self.name_machines()
            kill_service(self.scene)
            self.scene.start_service()
            self.kills += 1
            self.compare()

    def name_machines(self):
        """Names whatever has none. A refusal is no acknowledgement."""
        for node in (self.scene.nodes_or_none() or {}).values():
            if node["name"] or node["id"] in self.acknowledged:
                continue
            if self.scene.muster("node", "name", node["id"], node["hostname"], good=(0, 2)).returncode == 0:
                self.acknowledged[node["id"]] = node["hostname"]

    def compare(self):
        held = {one["id"]: one["name"] for one in self.scene.nodes().values()}
        for node_id, name in self.acknowledged.items():
            if held.get(node_id) != name:
                raise Failed(f"kill {self.kills}: {name} was acknowledged and is not on record")
        if self.untrusted and self.scene.shown(self.untrusted) != "untrusted":
            raise Failed(f"kill {self.kills}: {self.untrusted} was untrusted and is "
                         f"{self.scene.shown(self.untrusted)} after the restart")


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1 << 32)
    say(f"seed {seed}: {asked.kills} kills, {asked.agents} agents")
    names = [f"node-{i}" for i in range(1, asked.agents + 1)]
    with fleet(asked.bin, names, attestation=1, lease=60) as scene:
        scene.make_machines()
        scene.start_service()
        for name in names:
            scene.start_agent(name)
        ordeal = Ordeal(scene, random.Random(seed))
        first, bad = names[:2]
        third = asked.kills // 3

        # Chance decides where a kill falls, never what was reached before it: each act begins with its condition.
        ordeal.kill(third)
        scene.until(f"{first} attested", lambda: scene.nodes().get(first, {}).get("attested"))
        scene.until(f"the service takes the state of {first} as reference", lambda: scene.muster(
            "reference", "accept", "demo", "--from", scene.nodes()[first]["id"], good=(0, 2)).returncode == 0)
        say(f"{ordeal.kills} kills while machines enrolled; now they are judged")

        ordeal.kill(third)
        scene.until(f"{bad} trusted", lambda: scene.shown(bad) == "trusted")
        scene.lab("run", scene.dir / bad, "/usr/local/bin/implant")
        scene.until(f"{bad} untrusted for its implant", lambda: scene.shown(bad) == "untrusted")
        ordeal.untrusted = bad
        say(f"{ordeal.kills} kills; now {bad} runs an implant and has to stay untrusted")

        ordeal.kill(asked.kills - 2 * third)
        say(f"ok: {ordeal.kills} kills: nothing acknowledged was lost, no machine was better off")

        def all_back():
            nodes = scene.nodes()
            return len(nodes) == len(names) and all(one["connected"] for one in nodes.values())
        scene.until("every agent is back", all_back)
        require(len(serials(scene)) == len(names), "every agent holds a certificate and came back by itself")
        require(len(ordeal.acknowledged) > 0, "machines were named between the kills")
        shown = {name: node["shown"] for name, node in scene.nodes().items()}
        require(shown.pop(bad) == "untrusted" and set(shown.values()) <= {"trusted", "stale", "unknown"},
                f"the implant is untrusted, nobody else is: {json.dumps(shown)}")


if __name__ == "__main__":
    main()
