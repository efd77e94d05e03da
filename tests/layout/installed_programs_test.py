#!/usr/bin/env python3
"""Installs the programs. What breaks if this fails: an installed program carries its symbols, which are most of its size,
or a debugger cannot find them.

    installed_programs_test.py BUILD_DIR
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = ("ras", "raagent", "muster")
build = None


def said(*command):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout


def sections(file):
    return set(re.findall(r"\] (\.\S+)", said("readelf", "--wide", "--section-headers", file)))


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.top = pathlib.Path(folder.name)
        for _ in range(2):  # the second time over what is there
            said("cmake", "--install", build, "--component", "programs", "--prefix", cls.top)

    def symbols_of(self, program):
        notes = said("readelf", "--notes", self.top / "bin" / program)
        build_id = re.search(r"Build ID: ([0-9a-f]+)", notes)
        self.assertIsNotNone(build_id, program)
        return self.top / "lib/debug/.build-id" / build_id[1][:2] / f"{build_id[1][2:]}.debug"

    def test_programs_are_stripped_and_run(self):
        for program in PROGRAMS:
            found = sections(self.top / "bin" / program)
            self.assertIn(".text", found, program)
            self.assertEqual(set(), {name for name in found if name == ".symtab" or name.startswith(".debug")}, program)
            self.assertTrue(said(self.top / "bin" / program, "--version").startswith(program))

    def test_symbols_are_where_a_debugger_looks(self):
        for program in PROGRAMS:
            symbols = self.symbols_of(program)
            self.assertTrue(symbols.is_file(), f"{program}: no {symbols}")
            self.assertIn(".symtab", sections(symbols), program)
            self.assertEqual(0o644, symbols.stat().st_mode & 0o777)

    def test_the_built_programs_keep_theirs(self):
        for program in PROGRAMS:
            self.assertIn(".symtab", sections(pathlib.Path(build) / "bin" / program), program)

    def test_nothing_else_is_installed_with_them(self):
        self.assertEqual(sorted(PROGRAMS), sorted(path.name for path in (self.top / "bin").iterdir()))


if __name__ == "__main__":
    build = sys.argv.pop(1)
    unittest.main()
