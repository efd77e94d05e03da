#!/usr/bin/python3
"""The main job of Muster, end to end: enrol, beat, attest, judge, tell.

One service and four machines, each with a TPM, logs and an agent of its own. The exit status is 0 only if every
claim below was seen to hold. Started by `./run demo`.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

NODES = ["node-1", "node-2", "node-3", "node-4"]
BEAT, ATTESTATION, LEASE = 1, 3, 9  # seconds
IMPLANT = "/usr/local/bin/implant"
NEW_ARGUMENT = "init=/bin/sh"
STARTED = time.monotonic()


class Failed(Exception):
    """A claim of the demo did not hold."""


def say(text):
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


class Demo:
    def __init__(self, arguments):
        self.bin = pathlib.Path(arguments.bin).resolve()
        self.dir = pathlib.Path(arguments.dir).resolve()
        self.evidence = pathlib.Path(arguments.evidence).resolve() if arguments.evidence else None
        self.processes = {}
        self.socket = self.dir / "ras.sock"

    # ------------------------------------------------------------------ processes

    def call(self, program, *arguments, good=(0,)):
        done = subprocess.run([str(self.bin / program), *map(str, arguments)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        if done.returncode not in good:
            raise Failed(f"{program} {' '.join(map(str, arguments))}: exit status {done.returncode}\n"
                         f"{done.stdout}{done.stderr}")
        return done

    def lab(self, verb, folder, *arguments):
        return self.call("muster-lab", verb, folder, *arguments)

    def muster(self, *arguments, good=(0,)):
        return self.call("muster", "--socket", self.socket, *arguments, good=good)

    def start(self, name, *command):
        with open(self.dir / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=log, start_new_session=True)

    def stop(self, name):
        process = self.processes.pop(name, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def tail(self, name, lines=15):
        log = self.dir / f"{name}.log"
        return "".join(log.read_text(errors="replace").splitlines(keepends=True)[-lines:]) if log.exists() else ""

    def until(self, what, seconds, condition):
        """Waits until `condition` gives something; what it gave last is part of the complaint."""
        deadline = time.monotonic() + seconds
        while True:
            found = condition()
            if found:
                return found
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise Failed(f"{name} ended with status {process.returncode}:\n{self.tail(name)}")
            if time.monotonic() > deadline:
                raise Failed(f"not within {seconds} s: {what}")
            time.sleep(0.1)

    # ------------------------------------------------------------------ what is seen

    def nodes(self):
        listed = json.loads(self.muster("nodes", "-o", "json").stdout)
        return {node["name"] or node["hostname"]: node for node in listed["nodes"]}

    def detail(self, name):
        return json.loads(self.muster("node", "show", name, "-o", "json", good=(0, 1, 3, 4)).stdout)

    def shown(self, name):
        node = self.nodes().get(name)
        return node and node["shown"]

    def table(self):
        print(self.muster("nodes").stdout, flush=True)

    def finding(self, name, holds):
        """The first finding of that node for which `holds`."""
        return next((one for one in self.detail(name)["findings"] if holds(one)), None)

    def expect(self, holds, what):
        if not holds:
            raise Failed(what)
        say(f"ok: {what}")

    # ------------------------------------------------------------------ setting the scene

    def free_port(self):
        import socket
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def write_configuration(self):
        self.port = self.free_port()
        (self.dir / "service.yaml").write_text(f"""\
name: ras.demo
listen:
  agents: 127.0.0.1:{self.port}
state: {self.dir}/ras
socket: {self.socket}
beat: {BEAT}s
reconnect_spread: 1s
attestation:
  interval: {ATTESTATION}s
  lease: {LEASE}s
  reappraise_within: 5s
limits:
  pending_retry: 1s
admission:
  vendor: automatic
  group: demo
  vendor_roots: [{self.dir}/vendor/roots]
  manufacturers: ["id:4D535452"]
""")
        for name in NODES:
            machine = self.dir / name
            (self.dir / f"{name}.yaml").write_text(f"""\
service:
  addresses: ["127.0.0.1:{self.port}"]
  name: ras.demo
  anchor: {self.dir}/ras/anchor.pem
tpm: "swtpm:path={machine}/tpm.sock"
state: {self.dir}/{name}.state
platform:
  boot_id: {machine}/boot_id
  boot_log: {machine}/binary_bios_measurements
  ima_log: {machine}/binary_runtime_measurements
  facts: {machine}/facts
jitter: 100ms
""")

    def adopt_paths(self, name):
        """Where the machine's files are, as muster-lab says."""
        said = self.lab("show", self.dir / name).stdout
        lines = dict(line.strip().split(": ", 1) for line in said.splitlines() if ": " in line)
        config = self.dir / f"{name}.yaml"
        text = config.read_text()
        for key in ("boot_id", "boot_log", "ima_log", "facts"):
            old = next(line for line in text.splitlines() if line.strip().startswith(key + ":"))
            text = text.replace(old, f"  {key}: {lines[key]}")
        old = next(line for line in text.splitlines() if line.startswith("tpm:"))
        config.write_text(text.replace(old, f'tpm: "{lines["tpm"]}"'))

    def evidence_of(self, name):
        """A folder with one machine's files serves all; else each subfolder serves one machine in turn."""
        if self.evidence is None:
            return []
        folders = [self.evidence]
        if not (self.evidence / "binary_runtime_measurements").exists():
            folders = sorted(one for one in self.evidence.iterdir() if (one / "binary_runtime_measurements").exists())
        if not folders:
            raise Failed(f"{self.evidence}: no machine's files (binary_runtime_measurements) here or one folder below")
        return ["--evidence", folders[NODES.index(name) % len(folders)]]

    def make_machines(self):
        say("four machines, each with a TPM of its own from a local test vendor")
        self.lab("vendor", self.dir / "vendor")
        for name in NODES:
            kind = "rsa2048" if name == "node-2" else "p256"
            self.lab("create", self.dir / name, "--vendor", self.dir / "vendor", "--ek", kind, "--hostname", name)
            self.lab("boot", self.dir / name, *self.evidence_of(name))
            self.adopt_paths(name)

    def start_agent(self, name):
        self.start(name, self.bin / "raagent", "--config", self.dir / f"{name}.yaml")

    def start_all(self):
        say("one service, four agents")
        self.start("ras", self.bin / "ras", "--config", self.dir / "service.yaml")
        self.until("ras answers on its socket", 10, self.answers)
        for name in NODES:
            self.start_agent(name)

    def answers(self):
        return self.socket.exists() and subprocess.run(
            [str(self.bin / "muster"), "--socket", str(self.socket), "nodes"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    # ------------------------------------------------------------------ the story

    def enrol(self):
        def all_known():
            nodes = self.nodes()
            return len(nodes) == 4 and all(one["attested"] and one["shown"] == "unknown" for one in nodes.values())
        self.until("four machines enrolled, attested, and unknown", 20, all_known)
        for node in list(self.nodes().values()):
            if not node["name"]:
                self.muster("node", "name", node["id"], node["hostname"])
        self.table()
        self.expect(all(self.shown(name) == "unknown" for name in NODES),
                    "all four enrolled and attested; without a reference none is trusted")

    def accept(self):
        say("muster reference accept demo --from node-1")
        print(self.muster("reference", "accept", "demo", "--from", "node-1").stdout, end="", flush=True)
        alike = NODES if self.one_boot() else ["node-1"]
        self.until("the group is trusted", ATTESTATION + 2 * BEAT + 5,
                   lambda: all(self.shown(name) == "trusted" for name in alike))
        self.table()
        self.expect(True, f"{' and '.join(alike) if len(alike) < 4 else 'all four'} trusted: node-1's verified state "
                          "is the reference of the group")

    def one_boot(self):
        return self.evidence is None or (self.evidence / "binary_runtime_measurements").exists()

    def implant(self):
        say(f"node-2 runs {IMPLANT}")
        began = time.monotonic()
        self.lab("run", self.dir / "node-2", IMPLANT)
        self.until("node-2 untrusted", ATTESTATION + BEAT + 1.5, lambda: self.shown("node-2") == "untrusted")
        took = time.monotonic() - began
        self.expect(took <= ATTESTATION + BEAT + 1.5,
                    f"node-2 untrusted after {took:.1f} s (one attestation interval and one beat)")
        found = self.finding("node-2", lambda one: IMPLANT in one["subject"])
        self.expect(found and len(found["found"]) >= 64, f"its finding names {IMPLANT} and the digest "
                    f"{found['found'] if found else '?'}")
        print(self.muster("node", "show", "node-2", good=(1,)).stdout, flush=True)

    def reboot(self):
        say(f"node-3 reboots with {NEW_ARGUMENT} on the kernel's command line")
        self.stop("node-3")
        self.lab("reboot", self.dir / "node-3", "--append-cmdline", NEW_ARGUMENT)
        self.start_agent("node-3")
        self.until("node-3 untrusted", 2 * ATTESTATION + 5, lambda: self.shown("node-3") == "untrusted")
        found = self.finding("node-3", lambda one: NEW_ARGUMENT in one["found"] and one["expected"]
                             and NEW_ARGUMENT not in one["expected"])
        self.expect(found, "node-3 untrusted with its first attestation; the finding shows the old and the new "
                           "command line")
        print(self.muster("node", "show", "node-3", good=(1,)).stdout, flush=True)

    def silence(self):
        say("node-4 is switched off; so is node-2")
        before = self.detail("node-4")["node"]
        self.stop("node-4")
        self.lab("off", self.dir / "node-4")
        self.stop("node-2")
        stopped = time.monotonic()
        early = []

        def stale():
            now = self.shown("node-4")
            if now != "stale":
                early.append((time.monotonic(), now))
            return now == "stale"
        self.until("node-4 stale", LEASE + ATTESTATION + 5, stale)
        took = time.monotonic() - stopped
        if self.one_boot():
            self.expect(all(now == "trusted" for _, now in early) and took > LEASE - ATTESTATION - 2 * BEAT,
                        f"node-4 stayed trusted until its lease ended, {took:.1f} s after it went silent, and is "
                        f"stale now (it was attested last at {before['attested']})")
        self.expect(self.shown("node-2") == "untrusted", "node-2, silent as well, stays untrusted")

    def story(self):
        self.write_configuration()
        self.make_machines()
        self.start_all()
        self.enrol()
        self.accept()
        if self.one_boot() and self.evidence is None:
            self.implant()
            self.reboot()
            self.silence()
        else:
            self.implant()
            self.silence()
        self.table()
        self.expect(self.shown("node-1") == "trusted", "node-1 is still trusted")

    def close(self):
        for name in [name for name in self.processes if name != "ras"]:
            self.stop(name)
        self.stop("ras")
        for name in NODES:
            if (self.dir / name).exists():
                subprocess.run([str(self.bin / "muster-lab"), "off", str(self.dir / name)], check=False,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def how_to_look(self):
        print(f"""
Everything stays up. To look at it:
  {self.bin}/muster --socket {self.socket} nodes
  {self.bin}/muster --socket {self.socket} node show node-2
  {self.bin}/muster-lab run {self.dir}/node-1 /tmp/something
  less {self.dir}/ras.log
Interrupt (Ctrl-C) ends it.""", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass


def main():
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--dir", default="build/demo", help="folder of the demo (default: %(default)s)")
    parser.add_argument("--stay", action="store_true", help="leave everything up, and say how to look at it")
    parser.add_argument("--evidence", metavar="DIR", help="boot the machines from real logs: one machine's files, or "
                                                          "a subfolder for each")
    arguments = parser.parse_args()
    demo = Demo(arguments)
    if demo.dir.exists():
        for folder in demo.dir.glob("node-?"):
            subprocess.run([str(demo.bin / "muster-lab"), "off", str(folder)], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(demo.dir)
    demo.dir.mkdir(parents=True)
    status = 0
    try:
        demo.story()
        say("the main job holds")
        if arguments.stay:
            demo.how_to_look()
    except Failed as why:
        print(f"\nThe demo FAILED: {why}\n\nEnd of the service's log:\n{demo.tail('ras')}", file=sys.stderr, flush=True)
        status = 1
    except KeyboardInterrupt:
        status = 130
    finally:
        demo.close()
    return status


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
