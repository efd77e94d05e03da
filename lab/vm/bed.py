"""The setting of a story: one service on this host, and machines that it attests."""
import json
import pathlib
import shutil
import tempfile

import boot_menu
from emulator import Shape
from fleet import Failed, Fleet, say
from machine import Machine
from removal import remove
from vendor import Vendor

HOST = "10.0.2.2"  # this host's loopback, as seen through QEMU's user network
SWTPM = '["id:00001014"]'  # the manufacturer in certificates of swtpm's CA
EXIT = {"affirming": 0, "contraindicated": 1, "none": 3, "warning": 4}


class Bed(Fleet):
    GROUP, ATTESTED = "demo", 180  # seconds: an emulated machine quotes and reads its logs ten times slower than a real one

    def __init__(self, programs, folder, workshop, evidence):
        super().__init__(programs, folder, [], beat=2, attestation=5, lease=60)
        self.workshop, self.evidence_dir = workshop, pathlib.Path(evidence)
        self.tpm_vendor = Vendor(self.dir / "tpm-vendor")
        self.manufacturers = SWTPM
        self.machines = []
        # Text of the group's policy; set it before the first machine is made. With ima_policy=tcb data is measured,
        # too.
        self.policy = "version: 1\nima:\n  exclude: [/var/log, /var/cache, /var/lib, /run]\n"
        # Short: a Unix socket's path has 107 bytes.
        self.short = pathlib.Path(tempfile.mkdtemp(prefix="muster-bed-"))
        self.socket = self.short / "ras.sock"

    # ------------------------------------------------------------------ setting the scene

    def machine(self, name, boot="grub", line=None, release=None, **shape):
        """A new machine, switched off. The first one starts the service, which must know the vendor of its TPM."""
        one = Machine(name, self.dir / name, Shape(**shape), self)
        image = self.dir / f"{name}.img"
        signed = one.shape.secure_boot == "laboratory"
        self.workshop.disk(image, boot, line or boot_menu.command_line(), release, signed)
        one.build(image, self.tpm_vendor)
        image.unlink()
        if not self.machines:
            roots = self.dir / "vendor/roots"
            roots.mkdir(parents=True)
            for certificate in self.tpm_vendor.certificates():
                shutil.copy(certificate, roots)
            if self.policy:
                (self.dir / "policies").mkdir()
                (self.dir / f"policies/{self.GROUP}.yaml").write_text(self.policy)
                self.more_settings = f"policies: {self.dir}/policies\n"
            self.write_configuration()
            self.start_service()
        self.machines.append(one)
        return one

    def configure(self, machine):
        """README.md, "Machine": the anchor, the service's address and name; then systemd starts the agent at each boot."""
        # Read them, too: the next boot reads these files, and this boot, from which the reference is learnt, must
        # measure them.
        machine.run(f"echo {machine.name} > /etc/hostname && hostname -F /etc/hostname")
        machine.write("/etc/muster/anchor.pem", (self.dir / "ras/anchor.pem").read_bytes(), "644")
        machine.run("sed -i -e 's/muster.example.org:4280/%s:%d/' -e 's/muster.example.org/ras.demo/' /etc/muster/node.yaml"
                    % (HOST, self.port))
        machine.run("systemctl enable --now muster-raagent")

    def enrol(self, machine):
        """Boots a new machine, configures its agent, and waits until it has attested under its name."""
        machine.boot()
        self.enrol_running(machine)

    def enrol_running(self, machine):
        self.configure(machine)
        self.until(f"{machine.name} is enrolled and attested",
                   lambda: self.nodes().get(machine.name, {}).get("attested"), seconds=self.ATTESTED)
        node = self.nodes()[machine.name]
        self.muster("node", "name", node["id"], machine.name)
        say(f"{machine.name}: enrolled through its vendor's certificate, attested")

    def accept(self, machine, becomes="trusted"):
        """Accepts the machine's verified state, and all files of the image that it was installed from: a file that it
        has not run yet is not unknown."""
        learnt = json.loads(self.muster("-o", "json", "reference", "accept", self.GROUP, "--from", machine.name).stdout)
        self.muster("reference", "accept", self.GROUP, "--set", self.with_image(learnt["digest"]))
        self.becomes(machine, becomes)

    def with_image(self, digest):
        """Puts another set on record, that one plus every file of the image, and returns its digest."""
        learnt, whole = self.dir / "learnt.set", self.dir / "whole.set"
        self.muster("reference", "export", digest, learnt)
        self.call("muster", "reference", "make", whole, "--base", learnt, "--base-files", "--image", self.workshop.root)
        self.muster("reference", "import", whole)
        return json.loads(self.call("muster", "-o", "json", "reference", "show", whole).stdout)["digest"]

    def trusted(self, name, **how):
        """A new machine: enrolled, accepted and trusted."""
        machine = self.machine(name, **how)
        self.enrol(machine)
        self.accept(machine)
        return machine

    # ------------------------------------------------------------------ observations

    def becomes(self, machine, shown, seconds=None):
        seen = []

        def is_shown():
            seen[:] = [self.shown(machine.name)]
            return seen[0] == shown
        try:
            self.until(f"{machine.name} is {shown}", is_shown, seconds=seconds or self.ATTESTED)
        except Failed as why:
            raise Failed(f"{why}; it is {seen[0] if seen else '?'}\n{self.told(machine)}") from None
        say(f"ok: {machine.name} is {shown}")

    def told(self, machine):
        return self.muster("node", "show", machine.name, good=(0, 1, 2, 3, 4)).stdout

    def finds(self, machine, check, *words, seconds=None):
        """A finding of that check whose fields have all these words."""
        def holds(one):
            text = " ".join(str(value) for value in one.values())
            return one["check"] == check and all(word in text for word in words)
        what = f"{machine.name} has a finding {check}" + "".join(f", {word!r}" for word in words)
        try:
            found = self.until(what, lambda: self.finding(machine.name, holds), seconds=seconds or self.ATTESTED)
        except Failed as why:
            raise Failed(f"{why}\n{self.told(machine)}") from None
        say(f"ok: {machine.name}: {found['check']} {found['subject']}: {found['sentence']}")
        return found

    def finds_no(self, machine, check):
        self.expect(self.finding(machine.name, lambda one: one["check"] == check) is None,
                    f"{machine.name} has no finding {check}")

    def attests_this_boot(self, machine):
        """Waits until the shown verdict is for the boot that runs now."""
        boot = machine.boot_id()
        self.until(f"{machine.name} has attested boot {boot}", lambda: self.detail(machine.name)["boot_id"] == boot,
                   seconds=self.ATTESTED)

    def attested_again(self, machine):
        """Waits for an attestation that begins now or later."""
        self.muster("node", "attest", machine.name, good=(0, 1, 3, 4))

    def keep(self, machine, label):
        """Adds the evidence to the story's other evidence, and has it judged again from the file alone."""
        number = len(list(self.evidence_dir.glob("*.evidence"))) + 1
        path = self.evidence_dir / f"{number}-{machine.name}-{label}.evidence"
        self.muster("evidence", "export", machine.name, "-o", path)
        done = self.call("muster", "-o", "json", "appraise", "--bundle", path, "--anchor", self.dir / "ras/anchor.pem",
                         good=(0, 1, 3, 4))
        said = json.loads(done.stdout)
        if not said["same"] or said["differs"] or done.returncode != EXIT[said["verdict"]]:
            raise Failed(f"{path} does not give the service's verdict again: {done.stdout}")
        say(f"ok: evidence {path.name}: {said['verdict']}, the same verdict without the service")
        return said

    def verdicts(self, machine):
        """All verdicts that the service had for the machine, however short-lived, from its log."""
        return [line.split('to="')[1].split('"')[0] for line in (self.dir / "ras.log").read_text().splitlines()
                if "event=verdict" in line and f'name="{machine.name}"' in line]

    def was_ever(self, machine, verdict):
        return verdict in self.verdicts(machine)

    # ------------------------------------------------------------------ the end

    def close(self):
        for one in self.machines:
            one.power_off()
        super().close()
        remove(self.short)

    def what_happened(self):
        parts = [one.what_happened() for one in self.machines]
        return "\n".join([*parts, "End of the service's log:", self.tail("ras", 30)])
