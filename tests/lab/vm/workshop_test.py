#!/usr/bin/env python3
"""What breaks if this fails: the whole host is copied into a machine, or a stray file in the place of an image causes
a traceback."""
import pathlib
import tempfile
import unittest

import here  # noqa: F401
from fleet import Failed
from workshop import Workshop


class Preparing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.installed = self.dir / "installed"
        (self.installed / "usr/bin").mkdir(parents=True)
        (self.installed / "usr/bin/raagent").write_text("program")
        (self.installed / "etc").mkdir()

    def install(self, installed):
        stage = self.dir / "stage"
        return Workshop(self.dir, self.dir / "images", installed).install(stage)

    def test_what_was_installed_is_taken(self):
        self.assertEqual((self.install(self.installed) / "usr/bin/raagent").read_text(), "program")

    def test_a_whole_system_is_not(self):
        (self.installed / "home").mkdir()
        for folder in (self.installed, pathlib.Path("/")):
            with self.subTest(folder), self.assertRaisesRegex(Failed, "takes the folder that was DESTDIR"):
                self.install(folder)
        self.assertFalse((self.dir / "stage").exists())

    def test_nothing_installed(self):
        for folder in (self.installed / "etc", self.dir / "nothing"):
            with self.subTest(folder), self.assertRaisesRegex(Failed, "nothing is installed below it"):
                self.install(folder)

    def test_a_link_or_a_file_in_the_place_of_an_image(self):
        workshop = Workshop(self.dir, self.dir)

        def never(_):
            self.fail("made although something is in its place")
        for put in (lambda path: path.symlink_to("/"), lambda path: path.symlink_to("nothing"), lambda path: path.touch()):
            path = self.dir / "root-0123"
            put(path)
            with self.assertRaisesRegex(Failed, "root-0123 is a link or a file, where a folder of images should be"):
                workshop.layer("root", {"a": "b"}, never)
            path.unlink()


if __name__ == "__main__":
    unittest.main()
