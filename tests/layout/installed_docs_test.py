#!/usr/bin/env python3
"""Installs the documentation and follows its links. What breaks if this fails: the installed documentation names a file
that does not exist, or leaves its place to be guessed.

    installed_docs_test.py BUILD_DIR
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:docs|configs)/[^`\s]*)`")
# Files that exist in the source tree only, though a page names them.
OF_THE_SOURCE = {"configs/packages.txt"}
build = None


def dead_links(page):
    """Links in a page to files that do not exist."""
    text = page.read_text(encoding="utf-8")
    return [to for to in LINK.findall(text) if "://" not in to and not (page.parent / to).is_file()]


def dead_names(page, top):
    """Named pages and examples that do not exist below `top`."""
    text = page.read_text(encoding="utf-8")
    return [name for name in NAMED.findall(text)
            if name not in OF_THE_SOURCE and not list(top.glob(name.removesuffix("/")))]


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        subprocess.run(["cmake", "--install", build, "--component", "documentation", "--prefix", folder.name],
                       check=True, stdout=subprocess.DEVNULL)
        cls.top = next(pathlib.Path(folder.name).rglob("README.md")).parent
        cls.pages = [cls.top / "README.md", *sorted((cls.top / "docs").glob("*.md"))]

    def test_every_page_is_there(self):
        self.assertEqual([path.name for path in sorted((ROOT / "docs").glob("*.md"))],
                         [path.name for path in self.pages[1:]])

    def test_every_link_leads_somewhere(self):
        for page in self.pages:
            self.assertEqual([], dead_links(page), page.name)
        self.assertIn("docs/design.md", LINK.findall(self.pages[0].read_text(encoding="utf-8")))

    def test_what_is_named_lies_where_it_is_said_to_lie_here_and_in_the_source(self):
        for page in self.pages:
            self.assertEqual([], dead_names(page, self.top), page.name)
            self.assertEqual([], dead_names(page, ROOT), page.name)

    def test_a_dead_link_would_be_seen(self):
        page = self.top / "dead.md"
        page.write_text("[a](docs/none.md#part) [b](https://example.org/) `docs/none.md` `configs/ima/ima-policy`\n")
        self.assertEqual(["docs/none.md"], dead_links(page))
        self.assertEqual(["docs/none.md"], dead_names(page, self.top))


if __name__ == "__main__":
    build = sys.argv.pop()
    unittest.main()
