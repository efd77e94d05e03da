#!/usr/bin/env python3
"""Reads the systemd units and users as systemd does, without a running systemd and without root.

    units_test.py CONFIGURED_UNITS_DIR
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = ["muster-ras.service", "muster-raagent.service"]
# Ten times the highest score that `systemd-analyze security` may give. Each open point has its reason in the unit.
EXPOSURE = 16
configured = ROOT


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Units(unittest.TestCase):
    def setUp(self):
        for tool in ("systemd-analyze", "systemd-sysusers"):
            self.assertIsNotNone(shutil.which(tool), f"{tool} is missing; './run deps test' installs it")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for unit in UNITS:
            text = (configured / unit).read_text(encoding="utf-8")
            self.assertNotRegex(text, r"@\w+@", f"{unit}: a placeholder is left")
            # The programs are not installed while tests run; an installed program takes their place.
            text, count = re.subn(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text)
            self.assertEqual(count, 1, unit)
            (self.folder / unit).write_text(text, encoding="utf-8")

    def test_systemd_understands_every_line(self):
        done = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *[str(self.folder / u) for u in UNITS])
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_wrong_line_would_be_seen(self):
        broken = self.folder / UNITS[0]
        broken.write_text(broken.read_text(encoding="utf-8").replace("ProtectClock=", "ProtectClok="), encoding="utf-8")
        done = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(broken))
        self.assertIn("ProtectClok", done.stderr)

    def test_exposure_stays_low(self):
        for unit in UNITS:
            done = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager",
                       str(self.folder / unit))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_bound_would_be_noticed(self):
        bare = self.folder / "bare.service"
        bare.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
        done = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(bare))
        self.assertNotEqual(done.returncode, 0)

    def test_the_agent_cannot_listen_and_holds_no_capability(self):
        lines = (configured / "muster-raagent.service").read_text(encoding="utf-8").splitlines()
        for line in ("SocketBindDeny=any", "CapabilityBoundingSet=", "AmbientCapabilities=", "NoNewPrivileges=yes",
                     "DevicePolicy=closed", "ProtectSystem=strict"):
            self.assertIn(line, lines)
        self.assertEqual([each for each in lines if each.startswith("DeviceAllow=")], ["DeviceAllow=/dev/tpmrm0 rw"])

    def test_an_installed_unit_starts_what_was_installed_beside_it(self):
        """README.md installs to /usr, whatever the build was configured for; otherwise systemd would find no
        program."""
        for prefix in ("/usr", "/opt/muster"):
            with self.subTest(prefix):
                done = subprocess.run(["cmake", "--install", str(configured.parent), "--prefix", prefix, "--component",
                                       "configuration"], env={**os.environ, "DESTDIR": str(self.folder)},
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                units = self.folder / prefix.lstrip("/") / "lib/systemd/system"
                for unit, program in zip(UNITS, ("ras", "raagent")):
                    text = (units / unit).read_text(encoding="utf-8")
                    self.assertIn(f"ExecStart={prefix}/bin/{program} --config /etc/muster/", text)
                    self.assertIn(f"Documentation=file:{prefix}/share/doc/muster/", text)

    def test_every_user_of_a_unit_is_made(self):
        for folder in ("etc", "usr/lib/sysusers.d"):
            (self.folder / folder).mkdir(parents=True)
        shutil.copy(ROOT / "configs/sysusers.d/muster.conf", self.folder / "usr/lib/sysusers.d")
        done = run("systemd-sysusers", f"--root={self.folder}", "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        for unit in UNITS:
            text = (configured / unit).read_text(encoding="utf-8")
            for user in re.findall(r"(?m)^(?:User|Group|SupplementaryGroups)=(\S+)", text):
                self.assertRegex(done.stdout + done.stderr, rf"[Cc]reat\w+ (user|group) '?{user}")


if __name__ == "__main__":
    configured = pathlib.Path(sys.argv.pop(1))
    unittest.main()
