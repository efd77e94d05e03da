#!/usr/bin/python3
"""The main job of Muster, end to end: enrol, beat, attest, judge, report.

One service and four machines, each with its own TPM, logs and agent. The exit status is 0 only if every claim below
was seen to hold. Started by `./run demo`.
"""
import argparse
import datetime
import os
import shutil
import signal
import sys
import time

from fleet import Ended, Failed, Fleet, asked_to_end, end_if_asked, end_on_signals, say

NODES = ["node-1", "node-2", "node-3", "node-4"]
BEAT, ATTESTATION, LEASE = 1, 3, 9  # seconds
IMPLANT = "/usr/local/bin/implant"
NEW_ARGUMENT = "init=/bin/sh"


class Demo(Fleet):
    def __init__(self, arguments):
        super().__init__(arguments.bin, arguments.dir, NODES, BEAT, ATTESTATION, LEASE, arguments.evidence)
        # Machines that booted alike are one group. Otherwise each is its own group, and an operator assigns it.
        self.group_of = {name: "demo" if self.one_boot() else f"demo-{name}" for name in NODES}
        self.vendor = "automatic" if self.one_boot() else "pending"

    # ------------------------------------------------------------------ the story

    def admit(self):
        """By hand, as for machines of different kinds."""
        def all_wait():
            nodes = self.nodes().values()
            return len(nodes) == 4 and all(one["shown"] == "pending" for one in nodes)
        self.until("four machines wait for approval", all_wait)
        self.table()
        for name, node in self.nodes().items():
            self.muster("node", "approve", node["id"], "--fingerprint", node["fingerprint"], "--group",
                        self.group_of[name], "--name", name)
        say("four different machines: each is approved by the fingerprint in its agent's log, and gets its own group")

    def enrol(self):
        def all_known():
            nodes = self.nodes()
            return len(nodes) == 4 and all(one["attested"] and one["shown"] == "unknown" for one in nodes.values())
        self.until("four machines enrolled, attested, and unknown", all_known)
        for node in list(self.nodes().values()):
            if not node["name"]:
                self.muster("node", "name", node["id"], node["hostname"])
        self.table()
        self.expect(all(self.shown(name) == "unknown" for name in NODES),
                    "all four have enrolled and attested; without a reference, none is trusted")

    def accept(self):
        for group in sorted(set(self.group_of.values())):
            first = next(name for name in NODES if self.group_of[name] == group)
            say(f"muster reference accept {group} --from {first}")
            print(self.muster("reference", "accept", group, "--from", first).stdout, end="", flush=True)
        self.until("all are trusted",
                   lambda: all(self.shown(name) == "trusted" for name in NODES))
        self.table()
        self.expect(True, "all four trusted: " + ("node-1's verified state is the reference of the group"
                                                  if self.one_boot() else "each by its own verified state"))

    def one_boot(self):
        return self.evidence is None or (self.evidence / "binary_runtime_measurements").exists()

    def implant(self):
        say(f"node-2 runs {IMPLANT}")
        began = time.monotonic()
        self.lab("run", self.dir / "node-2", IMPLANT)
        before = self.detail("node-2")["attestation"]
        self.until("node-2 untrusted", lambda: self.shown("node-2") == "untrusted")
        took = time.monotonic() - began
        # One attestation may have been under way when the implant ran, and one may have followed before this look.
        later = self.detail("node-2")["attestation"] - before
        self.expect(later <= 3, f"node-2 is untrusted after {took:.1f} s, with its next attestation")
        found = self.finding("node-2", lambda one: IMPLANT in one["subject"])
        self.expect(found and len(found["found"]) >= 64, f"its finding names {IMPLANT} and the digest "
                    f"{found['found'] if found else '?'}")
        print(self.muster("node", "show", "node-2", good=(1,)).stdout, flush=True)

    def reboot(self):
        say(f"node-3 reboots with {NEW_ARGUMENT} on the kernel's command line")
        self.stop("node-3")
        self.lab("reboot", self.dir / "node-3", "--append-cmdline", NEW_ARGUMENT)
        self.start_agent("node-3")
        self.until("node-3 untrusted", lambda: self.shown("node-3") == "untrusted")
        found = self.finding("node-3", lambda one: NEW_ARGUMENT in one["found"] and one["expected"]
                             and NEW_ARGUMENT not in one["expected"])
        self.expect(found, "node-3 is untrusted with its first attestation; the finding shows the old and the new "
                           "command line")
        print(self.muster("node", "show", "node-3", good=(1,)).stdout, flush=True)

    def silence(self):
        say("node-4 is switched off, and the agent of node-2 is stopped")
        self.stop("node-4")
        self.lab("off", self.dir / "node-4")
        self.stop("node-2")
        stopped = time.monotonic()
        before, seen = self.detail("node-4")["node"], []

        def stale():
            seen.append(self.shown("node-4"))
            return seen[-1] == "stale"
        self.until("node-4 stale", stale)
        took = time.monotonic() - stopped
        # Timestamps of one clock in one format: as texts they sort in the same order.
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.expect(set(seen) <= {"trusted", "stale"} and "" < before["valid_until"] <= now,
                    f"node-4 stayed trusted until its lease ended, {took:.1f} s after it went silent, and is "
                    f"stale now (last attested at {before['attested']})")
        self.expect(self.shown("node-2") == "untrusted", "node-2, also silent, stays untrusted")

    def story(self):
        self.write_configuration()
        say("four machines, each with its own TPM from a local test vendor")
        self.make_machines()
        say("one service, four agents")
        self.start_all()
        if self.vendor == "pending":
            self.admit()
        self.enrol()
        self.accept()
        self.implant()
        if self.evidence is None:
            self.reboot()
        self.silence()
        self.table()
        self.expect(self.shown("node-1") == "trusted", "node-1 is still trusted")

    def how_to_look(self):
        print(f"""
Everything keeps running. To look at it:
  {self.bin}/muster --socket {self.socket} nodes
  {self.bin}/muster --socket {self.socket} node show node-2
  {self.bin}/muster-lab run {self.dir}/node-1 /tmp/something
  less {self.dir}/ras.log
Press Ctrl-C to end it.""", flush=True)
        while not asked_to_end:
            time.sleep(0.2)
        if asked_to_end[0] != signal.SIGINT:
            end_if_asked()


def main():
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--dir", default="build/demo", help="folder of the demo (default: %(default)s)")
    parser.add_argument("--stay", action="store_true", help="leave everything running, and show how to look at it")
    parser.add_argument("--evidence", metavar="DIR", help="boot the machines from real logs: one machine's files, or "
                                                          "a subfolder for each")
    parser.add_argument("--only-parse", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    demo = Demo(arguments)
    try:
        demo.evidence_folders()  # while the files of an earlier demo still exist
    except Failed as why:
        parser.error(f"--evidence: {why}")
    if arguments.only_parse:
        return 0
    if demo.dir.exists():
        demo.switch_off()
        shutil.rmtree(demo.dir)
    demo.dir.mkdir(parents=True)
    status = 0
    try:
        demo.story()
        say("the main job works")
        if arguments.stay:
            demo.how_to_look()
    except Failed as why:
        print(f"\nThe demo FAILED: {why}\n\nEnd of the service's log:\n{demo.tail('ras')}", file=sys.stderr, flush=True)
        status = 1
    except Ended as signaled:
        status = 128 + signaled.args[0]
    finally:
        demo.close()  # a second signal is noted only, and each close has a time limit
    return status


if __name__ == "__main__":
    os.umask(0o077)
    end_on_signals()  # the processes of a demo are in their own sessions, so the demo itself must end them
    sys.exit(main())
