#!/usr/bin/env python3
"""What breaks if this fails: a machine boots something other than its story says, or does not boot at all."""
import pathlib
import unittest

import here  # noqa: F401
import boot_menu
import cpio
import disk
import emulator
import uki


class Menu(unittest.TestCase):
    def test_a_command_line(self):
        self.assertEqual(boot_menu.command_line(),
                         "root=LABEL=machine-root ro console=ttyS0 quiet ima_policy=tcb ima_hash=sha256")
        self.assertTrue(boot_menu.command_line(extra="init=/bin/sh").endswith(" ima_hash=sha256 init=/bin/sh"))
        self.assertNotIn("ima", boot_menu.command_line(ima=""))

    def test_grub(self):
        text = boot_menu.grub_cfg("root=x", more="set a=b\n")
        self.assertIn("  linux /debian/vmlinuz root=x\n  initrd /debian/initrd.img\n", text)
        self.assertLess(text.index("set a=b"), text.index("menuentry"))
        self.assertEqual(text.replace("set a=b\n", ""), boot_menu.grub_cfg("root=x"))

    def test_systemd_boot(self):
        self.assertIn("\noptions root=x\n", boot_menu.loader_entry("root=x"))


class Disk(unittest.TestCase):
    def test_partitions_do_not_overlap_and_leave_room_for_both_tables(self):
        self.assertGreaterEqual(disk.ESP_START, disk.MIB)
        self.assertLessEqual(disk.ESP_START + disk.ESP_SIZE, disk.ROOT_START)
        self.assertLessEqual(disk.ROOT_START + disk.ROOT_SIZE + 33 * disk.SECTOR, disk.DISK_SIZE)

    def test_the_table_counts_sectors(self):
        self.assertIn("start=2048, size=260096, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B", disk.partition_table())


class Unified(unittest.TestCase):
    def test_every_section_has_its_place(self):
        command = uki.objcopy("stub", {name: "file" + name for name in uki.PLACES}, "out")
        self.assertEqual(command[-2:], ["stub", "out"])
        self.assertIn(".cmdline=file.cmdline", command)
        self.assertEqual(command[command.index(".linux=file.linux") + 2], ".linux=0x2000000")


class InitialRamDisk(unittest.TestCase):
    def test_entries_begin_at_boundaries(self):
        data = cpio.archive({"a/b": b"12345", "c": b""})
        self.assertEqual(len(data) % 4, 0)
        self.assertTrue(data.startswith(b"070701" + b"%08X" % 1 + b"%08X" % 0o100755))
        self.assertIn(b"a/b" + bytes(3) + b"12345" + bytes(3) + b"070701", data)
        self.assertIn(b"TRAILER!!!\0", data)

    def test_what_is_appended_begins_at_a_boundary(self):
        self.assertEqual(cpio.appended(b"12345", {})[:14], b"12345" + bytes(3) + b"070701")


class Emulator(unittest.TestCase):
    def line(self, **shape):
        return " ".join(emulator.command_line(emulator.Shape(**shape), pathlib.Path("/state"), pathlib.Path("/run")))

    def test_never_with_the_hosts_processor(self):
        self.assertIn("-accel tcg", self.line())

    def test_secure_boot_protects_its_variables(self):
        self.assertIn("property=secure,value=on", self.line())
        self.assertNotIn("property=secure", self.line(secure_boot="off"))
        self.assertIn("OVMF_CODE_4M.secboot.fd", self.line(secure_boot="laboratory"))

    def test_a_console_with_a_prompt_only_on_demand(self):
        self.assertNotIn("virtconsole", self.line())
        self.assertIn("virtconsole", self.line(shell=True))

    def test_both_interfaces_of_a_tpm(self):
        self.assertIn("-device tpm-tis,", self.line())
        self.assertIn("-device tpm-crb,", self.line(tpm="crb"))


if __name__ == "__main__":
    unittest.main()
