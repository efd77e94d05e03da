"""A machine: a folder with its TPM's state, its firmware's variables and its disk, so it stays the same across
reboots."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import console
import disk
import emulator
from channel import Silent
from fleet import Failed, say
from guest import Guest
from monitor import Monitor
from removal import remove

# Seconds, for a machine that is emulated next to others on two busy cores.
BOOT, SHUTDOWN = 300, 180
CONSOLE = 64 << 10  # how many bytes of its end are read: a machine may write without end


class Machine:
    def __init__(self, name, folder, shape, scene):
        self.name, self.dir, self.shape, self.scene = name, pathlib.Path(folder), shape, scene
        self.monitor = self.guest = self.process = self.tpm = self.run_dir = None

    # ------------------------------------------------------------------ once

    def build(self, image, vendor):
        """A new machine with a copy of that disk."""
        (self.dir / "tpm").mkdir(parents=True)
        vendor.manufacture(self.dir / "tpm", self.name)
        shutil.copyfile(emulator.new_variables(self.shape), self.dir / "vars.fd")
        subprocess.run(["cp", "--sparse=always", str(image), str(self.dir / "disk.img")], check=True)

    @property
    def esp(self):
        """The EFI system partition; only while the machine is off."""
        if self.process is not None:
            raise Failed(f"{self.name} is on: its EFI system partition is the firmware's now")
        return disk.Esp(self.dir / "disk.img", disk.ESP_START)

    # ------------------------------------------------------------------ power

    def power_on(self):
        self.run_dir = pathlib.Path(tempfile.mkdtemp(prefix="muster-vm-"))
        tpm = self.run_dir / "tpm.sock"
        self.scene.start(f"{self.name}-tpm", "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.dir}/tpm", "--ctrl",
                         f"type=unixio,path={tpm}", "--terminate", "--log", f"file={self.dir}/swtpm.log,level=1")
        self.scene.until(f"the TPM of {self.name} listens", tpm.exists)
        self.scene.start(self.name, *emulator.command_line(self.shape, self.dir, self.run_dir))
        # They end when the machine is switched off, which is not a failure of the scene.
        self.process, self.tpm = (self.scene.processes.pop(name) for name in (self.name, f"{self.name}-tpm"))
        monitor = self.run_dir / "monitor.sock"
        self.scene.until(f"QEMU's monitor of {self.name} listens", lambda: self.lives() and monitor.exists())
        self.monitor = Monitor(monitor)
        self.guest = Guest(self.run_dir / "agent.sock")

    def lives(self):
        if self.process.poll() is not None:
            raise Failed(f"QEMU of {self.name} ended with status {self.process.returncode}:\n{self.scene.tail(self.name)}")
        return True

    def boot(self):
        """Switches it on, and waits until commands can be run inside."""
        say(f"{self.name}: power on")
        self.power_on()
        self.come_up()

    def come_up(self):
        self.scene.until(f"{self.name} has booted so far that its guest agent answers",
                         lambda: self.lives() and self.guest.answers(2), seconds=BOOT)

    def shut_down(self, how="poweroff"):
        """Shuts it down in an orderly way, from inside."""
        say(f"{self.name}: {how}")
        self.guest.start(f"systemctl --no-block {how}")
        try:
            self.monitor.wait_for("SHUTDOWN", SHUTDOWN)
            self.process.wait(30)
        except (Silent, subprocess.TimeoutExpired) as why:
            raise Failed(f"{self.name} did not shut down: {why}") from why
        self.forget()

    def reboot(self, change=None):
        """Reboots it as an operator would; `change` edits the EFI system partition before the firmware reads it."""
        self.shut_down("reboot")
        if change:
            change(self.esp)
        self.boot()

    def kexec(self):
        """Starts the loaded kernel: neither firmware nor QEMU notices."""
        before = self.boot_id()
        self.guest.start("systemctl --no-block kexec")

        def another():
            try:
                return self.lives() and self.guest.answers(2) and self.boot_id() != before
            except Failed:
                return self.lives() and False  # it went away between the two questions
        self.scene.until(f"{self.name} runs another kernel than before", another, seconds=SHUTDOWN + BOOT)

    def boot_id(self):
        return self.run("cat /proc/sys/kernel/random/boot_id").strip()

    def power_off(self):
        """Switches it off at once, like a power cut."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            finish(self.process)
        self.forget()

    def forget(self):
        for end in (self.monitor, self.guest):
            if end is not None:
                end.close()
        if self.tpm is not None:
            finish(self.tpm)  # it ends with QEMU's connection, and has written its state by then
        self.monitor = self.guest = self.process = self.tpm = None
        if self.run_dir is not None:
            remove(self.run_dir)
            self.run_dir = None

    # ------------------------------------------------------------------ inside

    def run(self, line, seconds=60, good=(0,)):
        try:
            status, said = self.guest.run(line, seconds)
        except (Silent, ValueError) as why:
            raise Failed(f"{self.name}: {line}: {why}") from why
        if status not in good:
            raise Failed(f"{self.name}: {line}: exit status {status}\n{console.legible(said)}")
        return said

    def write(self, path, content, mode=None):
        try:
            self.guest.write(path, content)
        except (Silent, ValueError) as why:
            raise Failed(f"{self.name}: writing {path}: {why}") from why
        if mode:
            self.run(f"chmod {mode} '{path}'")

    def what_happened(self):
        """For an error message: the end of the console, and what the agent said."""
        log = self.dir / "console.log"
        said = f"End of the console of {self.name}:\n"
        said += console.last_lines(end_of(log, CONSOLE), 15) if log.exists() else "(none)"
        try:
            if self.guest is not None and self.guest.answers(10):
                said += f"\nJournal of raagent on {self.name}:\n"
                said += console.legible(
                    self.guest.run("journalctl --no-pager -u muster-raagent -n 40; systemctl --failed --no-pager", 60)[1])
        except (Silent, ValueError) as why:
            said += f"\n(its journal cannot be read: {why})"
        return said


def end_of(path, size):
    with open(path, "rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - size))
        return file.read(size)


def finish(process):
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
