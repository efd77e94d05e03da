#!/usr/bin/python3
"""SIGTERM while the disk or a configuration hangs, and what was acknowledged before.

What breaks if this fails: on a machine whose disk hangs, `ras` does not end until systemd kills it; or an interrupted
stop loses what operators were told is on disk; or a configuration that hangs while it is read again holds a process.
"""
import os
import pathlib
import signal
import subprocess
import time

from scene import arguments, fleet, require
from sick_disk import Disk

LONGEST = 29  # seconds
UNITS = pathlib.Path(__file__).resolve().parents[2] / "configs" / "systemd"


def ends_while_a_reload_hangs(scene, name, config):
    """A FIFO in place of the configuration: whoever opens it waits for a writer that never comes."""
    config.rename(f"{config}.kept")
    os.mkfifo(config)
    process = scene.processes.pop(name)
    process.send_signal(signal.SIGHUP)
    time.sleep(1)  # the reload hangs by now; if it does not yet, the stop comes first, and has to work all the same
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
    took = time.monotonic() - began
    require(took < LONGEST, f"{name} ended by itself while a reload hung ({took:.0f} s)")
    config.unlink()
    pathlib.Path(f"{config}.kept").rename(config)


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--shim", required=True, help="the library that makes the disk hang")
    asked = parser.parse_args()
    with fleet(asked.bin, ["web-1"], attestation=1, lease=60) as scene:
        disk = Disk(scene, asked.shim)
        scene.make_machines()
        disk.start_service()
        scene.start_agent("web-1")
        scene.until("web-1 is there", lambda: scene.nodes())
        node = next(iter(scene.nodes().values()))["id"]
        scene.muster("node", "name", node, "before")
        disk.is_now("hang")
        late = subprocess.Popen([str(scene.bin / "muster"), "--socket", str(scene.socket), "node", "name", node, "late"],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(2)  # the disk has it by now
        scene.until("the log says that the disk hangs", lambda: "event=store.hangs" in scene.tail("ras", 200))
        service = scene.processes.pop("ras")
        began = time.monotonic()
        service.send_signal(signal.SIGTERM)
        try:
            service.wait(60)
        except subprocess.TimeoutExpired:
            service.kill()
        took = time.monotonic() - began
        require(took < LONGEST and service.returncode == 1, f"ras ended by itself while the disk hung ({took:.0f} s)")
        said = late.communicate(timeout=60)[0]
        require(late.returncode != 0, f"the operator who waited for the disk got no report of success: {said.strip()}")
        require('event=service.stopped clean="no"' in scene.tail("ras", 20), "the log says so")
        disk.is_now("well")
        scene.start_service()
        require("before" in scene.nodes(), "every acknowledged change is on record")
        service = scene.processes.pop("ras")
        service.send_signal(signal.SIGTERM)
        require(service.wait(LONGEST) == 0, "and a stop without a hanging disk is clean")
        scene.start_service()
        ends_while_a_reload_hangs(scene, "web-1", scene.dir / "web-1.yaml")
        ends_while_a_reload_hangs(scene, "ras", scene.dir / "service.yaml")
        for name in ("ras", "raagent"):
            unit = (UNITS / f"muster-{name}.service.in").read_text().splitlines()
            limit = next(line for line in unit if line.startswith("TimeoutStopSec="))
            require(int(limit.split("=")[1].rstrip("s")) > LONGEST, f"{limit} of {name} is longer than its stop takes")
            bad = scene.dir / "bad.yaml"
            bad.write_text("listen: [what is this]\n")
            done = scene.call(name, "--config", bad, good=(2,))
            require(str(bad) in done.stderr and "RestartPreventExitStatus=2" in unit,
                    f"systemd does not start {name} again and again with a configuration that cannot be read")


if __name__ == "__main__":
    main()
