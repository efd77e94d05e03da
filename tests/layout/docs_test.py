#!/usr/bin/env python3
"""The manual names every check. What breaks if this fails: an operator meets a finding that nothing explains."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = re.compile(r'"((?:ima|boot|event|require)\.[a-z0-9-]+|identity\.two-hosts)"')
FOLDERS = ("appraisal", "standing", "tpm/evidence")


class Findings(unittest.TestCase):
    def test_each_check_of_the_sources_is_in_the_manual(self):
        named = set()
        for folder in FOLDERS:
            for source in (ROOT / folder).glob("*.cpp"):
                named |= set(NAME.findall(source.read_text()))
        self.assertGreater(len(named), 25, "the pattern finds no checks any more")
        manual = (ROOT / "docs/findings.md").read_text()
        known = lambda name: name in manual or name.startswith("require.") or name == "boot.pcr-"
        self.assertEqual([], sorted(name for name in named if not known(name)))

    def test_each_check_of_evidence_in_the_manual_is_in_the_sources(self):
        manual = (ROOT / "docs/findings.md").read_text()
        sources = "".join(path.read_text() for folder in ("appraisal", "tpm/evidence", "tpm/format")
                          for path in (ROOT / folder).glob("*.cpp"))
        told = set(re.findall(r"`evidence\.([a-z-]+)`", manual))
        self.assertGreater(len(told), 5, "the pattern finds no checks any more")
        named = lambda name: f'"{name}: ' in sources or f'"evidence.{name}"' in sources
        self.assertEqual([], sorted(name for name in told if not named(name)))


if __name__ == "__main__":
    unittest.main()
