#!/usr/bin/python3
"""A disk that hangs, is full or fails at random moments, below a service under load; now and then the service is
killed.

What breaks if this fails: something that an operator was told is done was not durable; a machine is shown as better
than it was while nothing can be stored; the service claims to be ready while it is not, or never is again.
"""
import collections
import http.client
import os
import random
import signal
import socket
import time

from ordeal import begin
from scene import PATIENCE, Failed, arguments, fleet, require, say
from sick_disk import Disk


class Local(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def ready(scene):
    try:
        asked = Local(scene.socket)
        asked.request("GET", "/readyz")
        return asked.getresponse().status == 200
    except OSError:  # it has just ended
        return False


def is_over(ordeal):
    return ordeal.scene.processes["ras"].poll() is not None


def get_well(ordeal, disk, tally):
    """The service may end by itself, also a moment later: it is then started again."""
    disk.is_now("well")
    deadline = time.monotonic() + PATIENCE
    looks = 0  # the consequences of a failed write take a moment
    while True:
        if is_over(ordeal):
            ordeal.scene.processes.pop("ras")
            disk.start_service()
            tally["started again"] += 1
            looks = 0
        elif ready(ordeal.scene):
            looks += 1
            if looks == 4:
                return
        if time.monotonic() > deadline:
            raise Failed(f"not within {PATIENCE} s: the service is ready again")
        time.sleep(0.1)


def make_sick(ordeal, disk, tally):
    """Makes the disk sick once, for a while, and then well again."""
    chance = ordeal.chance
    word = chance.choice(["hang", "full", "fail", "meta"])
    # Now and then longer than the service waits for one commit.
    lasts = chance.uniform(31, 40) if chance.random() < 0.05 else chance.uniform(0.2, 5)
    disk.is_now(word)
    tally[word] += 1
    ends = time.monotonic() + lasts
    while time.monotonic() < ends and not is_over(ordeal):
        ordeal.compare_shown()
        time.sleep(min(0.5, max(0, ends - time.monotonic())))
    if chance.random() < 0.15 and not is_over(ordeal):
        os.kill(ordeal.scene.processes["ras"].pid, signal.SIGKILL)
        ordeal.scene.processes["ras"].wait()
        tally["killed"] += 1
    get_well(ordeal, disk, tally)


def endure(ordeal, disk, seconds, tally):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(ordeal.chance.uniform(0.3, 2))
        ordeal.name_machines()
        make_sick(ordeal, disk, tally)
        ordeal.blows += 1
        ordeal.compare()


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--shim", required=True, help="the library that makes the disk sick")
    parser.add_argument("--seconds", type=int, default=30, help="of a disk that is sick now and then")
    parser.add_argument("--agents", type=int, default=14)
    parser.add_argument("--operators", type=int, default=3)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1 << 32)
    say(f"seed {seed}: {asked.seconds} s, {asked.agents} agents")
    names = [f"node-{i}" for i in range(1, asked.agents + 1)]
    tally = collections.Counter()
    with fleet(asked.bin, names, attestation=1, lease=60) as scene:
        disk = Disk(scene, asked.shim)
        scene.make_machines()
        disk.start_service()
        for name in names:
            scene.start_agent(name)
        ordeal = begin(scene, seed, asked.operators)
        endure(ordeal, disk, asked.seconds // 3, tally)
        ordeal.learn_from(names[0])
        say(f"{dict(tally)} while machines enrolled; now they are judged")
        endure(ordeal, disk, asked.seconds // 3, tally)
        ordeal.implant(names[1])
        say(f"{dict(tally)}; now {names[1]} runs an implant and has to stay untrusted")
        endure(ordeal, disk, asked.seconds - asked.seconds // 3 * 2, tally)
        # A fault that cannot be mended while it runs ends the service, and systemd starts it again.
        disk.is_now("meta")
        deadline = time.monotonic() + PATIENCE
        while not is_over(ordeal) and time.monotonic() < deadline:
            time.sleep(0.1)
        require(is_over(ordeal) and "event=store.unusable" in scene.tail("ras", 200),
                "a database that accepts nothing any more ends the service, and the log says why")
        get_well(ordeal, disk, tally)
        disk.is_now("hang")
        scene.until("the service says that it is not ready", lambda: not ready(scene))
        disk.is_now("well")
        scene.until("the service is ready", lambda: ready(scene))
        say(f"ok: {dict(tally)}: nothing acknowledged was lost, no machine was better off")
        ordeal.over()


if __name__ == "__main__":
    main()
