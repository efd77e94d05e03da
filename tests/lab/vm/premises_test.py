#!/usr/bin/env python3
"""What breaks if this fails: the verb deletes folders that are not its own, writes through a link, or two runs replace
each other's images."""
import os
import pathlib
import tempfile
import unittest

import here  # noqa: F401
import premises
from fleet import Failed


class Premises(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name) / "given"

    def refuses(self, words, **how):
        with self.assertRaisesRegex(Failed, words):
            premises.claim(self.dir, **how)

    def test_a_new_folder_and_an_empty_one_and_the_same_again(self):
        premises.claim(self.dir)
        (self.dir / "stories").mkdir()
        premises.claim(self.dir)
        (self.dir / premises.MARKER).unlink()
        (self.dir / "stories").rmdir()
        premises.claim(self.dir)

    def test_a_folder_of_somebody_else(self):
        (self.dir / "images").mkdir(parents=True)
        self.refuses("is not empty, and './run machine' did not make it")
        self.assertEqual([path.name for path in self.dir.iterdir()], ["images"])

    def test_the_repositorys_own(self):
        (self.dir / "images").mkdir(parents=True)
        premises.claim(self.dir, own=True)

    def test_a_file(self):
        self.dir.touch()
        self.refuses("is not a folder")

    def test_a_link_where_it_deletes(self):
        premises.claim(self.dir)
        (self.dir / "stories").symlink_to("/")
        self.refuses("stories is a link")
        self.refuses("stories is a link", own=True)

    def test_a_lock_that_is_a_link_leaves_what_it_names(self):
        premises.claim(self.dir)
        other = self.dir.parent / "other"
        other.write_text("precious")
        (self.dir / "lock").symlink_to(other)
        with self.assertRaisesRegex(Failed, "lock cannot be opened: it is a link; delete it"):
            premises.lock(self.dir)
        self.assertEqual(other.read_text(), "precious")

    def test_one_at_a_time(self):
        premises.claim(self.dir)
        held = premises.lock(self.dir)
        with self.assertRaisesRegex(Failed, "another './run machine' is at work in"):
            premises.lock(self.dir)
        os.close(held)
        os.close(premises.lock(self.dir))


if __name__ == "__main__":
    unittest.main()
