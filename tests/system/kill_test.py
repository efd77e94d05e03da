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


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    say(f"seed {seed}: {asked.kills} kills, {asked.agents} agents")
    names = [f"node-{i}" for i in range(1, asked.agents + 1)]
    with fleet(asked.bin, names, attestation=1, lease=60) as scene:
        scene.make_machines()
        scene.start_service()
        for name in names:
            scene.start_agent(name)

        bad = names[1]
        accepted = implanted = False
        acknowledged = {}  # node id: name that the service said is recorded
        for n in range(asked.kills):
            time.sleep(chance.uniform(0.05, 1.2))
            nodes = scene.nodes_or_none()
            if nodes:
                for node in nodes.values():
                    if node["name"] or node["id"] in acknowledged:
                        continue
                    done = scene.muster("node", "name", node["id"], node["hostname"], good=(0, 2))
                    if done.returncode == 0:
                        acknowledged[node["id"]] = node["hostname"]
            if nodes and not accepted and nodes.get(names[0], {}).get("attested"):
                accepted = scene.muster("reference", "accept", "demo", "--from", nodes[names[0]]["id"],
                                        good=(0, 2)).returncode == 0
            if accepted and not implanted and (nodes or {}).get(bad, {}).get("shown") == "trusted":
                scene.lab("run", scene.dir / bad, "/usr/local/bin/implant")
                scene.until("the implant is seen", 20, lambda: scene.shown(bad) == "untrusted")
                implanted = True
            kill_service(scene)
            scene.start_service()
            after = scene.nodes()
            for node_id, name in acknowledged.items():
                held = next((one for one in after.values() if one["id"] == node_id), None)
                if held is None or held["name"] != name:
                    raise Failed(f"kill {n + 1}: {name} was acknowledged and is not on record")
            if implanted and scene.shown(bad) != "untrusted":
                raise Failed(f"kill {n + 1}: {bad} was untrusted and is {scene.shown(bad)} after the restart")
        require(implanted, f"{asked.kills} kills: nothing acknowledged was lost, no machine was better off")

        def all_back():
            nodes = scene.nodes()
            return len(nodes) == len(names) and all(one["connected"] for one in nodes.values())
        scene.until("every agent is back", 60, all_back)
        require(len(serials(scene)) == len(names), "every agent holds a certificate and came back by itself")
        shown = {name: node["shown"] for name, node in scene.nodes().items()}
        require(shown.pop(bad) == "untrusted" and set(shown.values()) <= {"trusted", "stale", "unknown"},
                f"standings after all: {json.dumps(shown)}")


if __name__ == "__main__":
    main()
