#!/usr/bin/python3
"""Kills the service again and again while agents enrol and attest, and operators rename and move machines.

What breaks if this fails: something that an agent or an operator was told is done was not durable; or a restart gave
a machine a better standing than it had; or agents did not come back by themselves.
"""
import json
import os
import random
import signal
import threading
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


class Operator(threading.Thread):
    """Renames and moves machines that nobody else touches. What was acknowledged is so; what was not may be so."""

    def __init__(self, scene, number, machines, seed):
        super().__init__(daemon=True)
        self.scene, self.number, self.machines, self.chance = scene, number, machines, random.Random(seed)
        self.may = {}    # (node id, name or group): what it may be, by what was answered
        self.asked = []  # all of it, in order
        self.acknowledged = 0
        self.leaves = threading.Event()
        self.lock = threading.Lock()

    def run(self):
        while not self.leaves.wait(self.chance.uniform(0.05, 0.3)):
            nodes = [one for one in (self.scene.nodes_or_none() or {}).values() if one["hostname"] in self.machines]
            if nodes:
                self.change(self.chance.choice(nodes))

    def change(self, node):
        what = self.chance.choice(["name", "group"])
        value = f"op{self.number}-{len(self.asked)}" if what == "name" else self.chance.choice(["demo", "spare", "third"])
        with self.lock:
            may = self.may.setdefault((node["id"], what), {node[what]})
            may.add(value)
            self.asked.append((node["id"], what, set(may)))
        done = self.scene.muster("node", what, node["id"], value, good=(0, 2)).returncode == 0
        with self.lock:
            if done:
                self.may[(node["id"], what)] = {value}
                self.acknowledged += 1

    def expected(self):
        """What each may be now, and where the list of what was asked stands."""
        with self.lock:
            return {key: set(values) for key, values in self.may.items()}, len(self.asked)

    def wrong(self, before, nodes):
        """What a look at `nodes`, begun after `before`, shows and nobody asked for, or had answered otherwise."""
        expected, asked = before
        with self.lock:
            for node_id, what, values in self.asked[asked:]:
                expected.setdefault((node_id, what), set()).update(values)
        return [f"{what} of {node_id} is {nodes[node_id][what]!r}, and not one of {sorted(values)}"
                for (node_id, what), values in expected.items()
                if node_id not in nodes or nodes[node_id][what] not in values]


class Ordeal:
    """Kills the service at moments of chance, and holds what comes back against what was acknowledged before."""

    def __init__(self, scene, chance, operators):
        self.scene, self.chance, self.operators = scene, chance, operators
        self.taken = {name for one in operators for name in one.machines}
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
            if node["name"] or node["id"] in self.acknowledged or node["hostname"] in self.taken:
                continue
            if self.scene.muster("node", "name", node["id"], node["hostname"], good=(0, 2)).returncode == 0:
                self.acknowledged[node["id"]] = node["hostname"]

    def compare(self):
        before = [one.expected() for one in self.operators]
        nodes = {one["id"]: one for one in self.scene.nodes().values()}
        for operator, expected in zip(self.operators, before):
            if wrong := operator.wrong(expected, nodes):
                raise Failed(f"kill {self.kills}: {wrong[0]}")
        held = {node_id: node["name"] for node_id, node in nodes.items()}
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
    parser.add_argument("--operators", type=int, default=3)
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
        first, bad = names[:2]
        spare = names[len(names) - 4 * asked.operators:] if len(names) >= 4 * asked.operators + 2 else []
        operators = [Operator(scene, n, set(spare[n::asked.operators]), seed + n) for n in range(asked.operators)]
        ordeal = Ordeal(scene, random.Random(seed), operators)
        for one in operators:
            one.start()
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
        for one in operators:
            one.leaves.set()
            one.join()
        ordeal.compare()
        require(not spare or all(one.acknowledged > 0 for one in operators),
                f"operators had {sum(one.acknowledged for one in operators)} changes acknowledged, and all are there")
        require(len(serials(scene)) == len(names), "every agent holds a certificate and came back by itself")
        require(len(ordeal.acknowledged) > 0, "machines were named between the kills")
        shown = {node["hostname"]: node["shown"] for node in scene.nodes().values() if node["hostname"] not in spare}
        require(shown.pop(bad) == "untrusted" and set(shown.values()) <= {"trusted", "stale", "unknown"},
                f"the implant is untrusted, nobody else is: {json.dumps(shown)}")


if __name__ == "__main__":
    main()
