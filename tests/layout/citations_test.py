#!/usr/bin/env python3
"""Feeds citations.py trees with one mistake each: a citation test that overlooks mistakes would be worse than none."""
import pathlib
import tempfile
import unittest

import citations
import papers

DESIGN = "# Design\n## 1. Who uses it\nwords\n```\n## 9. not a chapter\n```\n## 2. Programs and names\n"
PROTOCOL = "# Protocol\n## 1. Channels\n- words\n## 2. Enrolment\n1. first\n2. second\n   2.9 is no item\n"
CHECKS = "# Checks\n## Principles\n- **P1 Coverage.** words\n- **P2 Completeness.**\n## Checks\n### Identity\n" \
         "1. one\n2. two\n### Quote\n3. three\n## Attacks\n9. none\n"
RULES = "# How to\n## Style\n### Shape\n1. one\n2. two\n## How one works here\n3. none\n"


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path, text in zip(papers.PAPERS, (DESIGN, PROTOCOL, CHECKS, RULES)):
            self.put(path, text)

    def put(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def found(self, path, text):
        self.put(path, text)
        return list(citations.problems(self.root))

    def assert_none(self, path, text):
        self.assertEqual(self.found(path, text), [])

    def assert_one(self, path, text, words):
        found = self.found(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])


class Citations(Tree):
    def test_what_is_allowed(self):
        self.assert_none("a/a.cpp", "// docs/design.md 2: so. docs/protocol.md 2.2, docs/checks.md 3\n"
                                    "// (docs/checks.md 1 to 3), docs/checks.md 1, 2; docs/checks.md P1 and P2.\n"
                                    "// CONTRIBUTING.md 2\n")
        self.assert_none("a/a.py", 'PAGE = "docs/checks.md"\nDESIGN = 25\nCHECKS = [1]\n')
        self.assert_none("a/README.md", "docs/design.md is a page; `docs/protocol.md` is, too, and docs/checks.md 2.\n")

    def test_places_that_do_not_exist(self):
        for place in ("docs/design.md 3", "docs/design.md 9", "docs/design.md 1.1", "docs/protocol.md 2.3", "docs/protocol.md 2.9",
                      "docs/protocol.md 3", "docs/checks.md 4", "docs/checks.md 9", "docs/checks.md P3", "CONTRIBUTING.md 3"):
            with self.subTest(place):
                self.assert_one("a/a.hpp", f"\n// so ({place}).\n", f"a/a.hpp:2: {place}: there is no such place")

    def test_the_end_of_a_list_or_a_range(self):
        self.assert_one("a/a.hpp", "// docs/checks.md 2 to 4\n", "docs/checks.md 4: there is no such place")
        self.assert_one("a/a.hpp", "// docs/checks.md 1, 5\n", "docs/checks.md 5: there is no such place")
        self.assert_one("a/a.hpp", "// docs/checks.md P1 and P7\n", "docs/checks.md P7: there is no such place")

    def test_a_citation_without_a_chapter(self):
        self.assert_one("a/a.hpp", "// docs/protocol.md says so\n", "docs/protocol.md: names no chapter on the same line")
        self.assert_one("a/a.hpp", "// docs/protocol.md\n// 2\n", "names no chapter on the same line")

    def test_the_old_form(self):
        for words in ("PROTOCOL 4", "(CHECKS\n/// 18)", "DESIGN\n  # 3", "STYLE 7", "`PROTOCOL.md` 2", "see CHECKS.md"):
            with self.subTest(words):
                self.assert_one("a/a.hpp", f"// {words}\n", "the papers are in docs/")

    def test_every_kind_of_file(self):
        for path in ("schemas/a.capnp", "a/CMakeLists.txt", "cmake/A.cmake", "run", ".clang-tidy", "configs/a.yaml",
                     "tests/mutations/01-a.patch", "README.md", "docs/log.md"):
            with self.subTest(path):
                self.assert_one(path, "# docs/protocol.md 7\n", f"{path}:1: docs/protocol.md 7")
                (self.root / path).unlink()

    def test_a_page_that_does_not_exist(self):
        self.assert_one("a/a.hpp", "// see docs/nothing.md\n", "docs/nothing.md: there is no such page")

    def test_foreign_bytes_are_not_read(self):
        self.put("tests/data/x/a.txt", "PROTOCOL 4")
        self.put("build/a.txt", "PROTOCOL 4")
        self.assertEqual(list(citations.problems(self.root)), [])


class Links(Tree):
    def test_what_is_allowed(self):
        self.put("docs/log.md", "# The log of records\n## What `it` says: all, and why?\n")
        self.assert_none("a/README.md", "[a](../docs/log.md), [b](../docs/log.md#what-it-says-all-and-why), [c](#here), [d](..)\n"
                                        "[e](https://example.org/x#y) `[f](nothing.md)`\n```\n[g](nothing.md)\n```\n# Here\n")

    def test_a_file_that_is_not_there(self):
        self.assert_one("docs/log.md", "# L\n[a](nothing.md)\n", "docs/log.md:2: nothing.md: there is no such file")
        self.assert_one("docs/log.md", "[a](docs/log.md)\n", "docs/log.md: there is no such file")

    def test_a_file_outside_of_the_repository(self):
        self.assert_one("docs/log.md", "[a](../../..)\n", "there is no such file")

    def test_a_heading_that_is_not_there(self):
        self.assert_one("docs/log.md", "# L\n[a](#m)\n", "#m: there is no such heading")
        self.assert_one("docs/log.md", "[a](design.md#3-nothing)\n", "design.md#3-nothing: there is no such heading")
        self.assert_one("docs/log.md", "[a](design.md#9-not-a-chapter)\n", "there is no such heading")


class Papers(unittest.TestCase):
    ROOT = pathlib.Path(__file__).resolve().parents[2]

    def test_the_real_ones_have_what_they_are_cited_for(self):
        self.assertEqual(papers.places(self.ROOT, "docs/design.md") & {"1", "17"}, {"1", "17"})
        self.assertEqual(papers.places(self.ROOT, "docs/protocol.md") & {"1", "2.3", "9"}, {"1", "2.3", "9"})
        checks = papers.checks(self.ROOT)
        self.assertGreaterEqual(len(checks), 25)
        self.assertEqual(checks, set(range(1, len(checks) + 1)), "the list of checks has a gap")
        self.assertEqual({p for p in papers.places(self.ROOT, "docs/checks.md") if p.startswith("P")},
                         {f"P{n}" for n in range(1, 12)})

    def test_each_principle_says_whether_it_holds(self):
        text = (self.ROOT / "docs/checks.md").read_text(encoding="utf-8")
        for one in text.split("## Checks")[0].split("\n- **P")[1:]:
            self.assertRegex(one, r"\n  (\*\*Not yet:\*\*|Held)", "P" + one[:30])


if __name__ == "__main__":
    unittest.main()
