#!/usr/bin/python3
"""Kills the service again and again while agents enrol and attest, and operators rename and move machines.

What breaks if this fails: something that an agent or an operator was told is done was not durable; or a restart
improved a machine's standing; or agents did not come back by themselves.
"""
import os
import random
import signal
import time

from ordeal import begin
from scene import arguments, fleet, require, say


def serials(scene):
    """The certificates that agents hold: acknowledged to them, so the service has a record of each."""
    found = {}
    for name in scene.names:
        certificate = scene.dir / f"{name}.state" / "node.crt"
        if certificate.exists():
            found[name] = certificate.read_bytes()
    return found


def kill(ordeal, times):
    for _ in range(times):
        time.sleep(ordeal.chance.uniform(0.05, 1.2))
        ordeal.name_machines()
        process = ordeal.scene.processes.pop("ras")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        ordeal.scene.start_service()
        ordeal.blows += 1
        ordeal.compare()


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
        ordeal = begin(scene, seed, asked.operators)
        third = asked.kills // 3

        # Chance decides when a kill comes, but not what was reached before it: each act begins with its condition.
        kill(ordeal, third)
        ordeal.learn_from(names[0])
        say(f"{ordeal.blows} kills while machines enrolled; now they are judged")

        kill(ordeal, third)
        ordeal.implant(names[1])
        say(f"{ordeal.blows} kills; now {names[1]} runs an implant and has to stay untrusted")

        kill(ordeal, asked.kills - 2 * third)
        say(f"ok: {ordeal.blows} kills: nothing acknowledged was lost, no machine was better off")
        ordeal.over()
        require(len(serials(scene)) == len(names), "every agent holds a certificate and came back by itself")


if __name__ == "__main__":
    main()
