#!/usr/bin/env python3
"""What breaks if this fails: the next run deletes through a mount that an interrupted run left, up to this host's own
files; or it deletes the target of a link."""
import pathlib
import tempfile
import unittest

import here  # noqa: F401
from mount_table import mounts_below
from removal import remove

TABLE = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:20 / /m/tree/proc rw - proc proc rw
31 22 0:21 / /m/tree/dev/shm\040of\134host rw - tmpfs tmpfs rw
32 22 0:22 / /m/tree2 rw - tmpfs tmpfs rw
33 22 0:23 / /m/tree/proc rw - proc proc rw
"""


class Mounts(unittest.TestCase):
    def test_those_below_the_innermost_first(self):
        self.assertEqual(mounts_below("/m/tree", TABLE), ["/m/tree/proc", "/m/tree/dev/shm of\\host"])
        self.assertEqual(mounts_below("/m/tree/proc", TABLE), ["/m/tree/proc"])

    def test_another_name_with_the_same_beginning_is_not_below(self):
        self.assertEqual(mounts_below("/m/tre", TABLE), [])
        self.assertEqual(mounts_below("/m/tree2", TABLE), ["/m/tree2"])


class Removal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def test_a_folder_with_all_below_it(self):
        (self.dir / "a b/c").mkdir(parents=True)
        (self.dir / "a b/c/file").touch()
        remove(self.dir / "a b")
        self.assertEqual(list(self.dir.iterdir()), [])

    def test_what_is_not_there(self):
        remove(self.dir / "nothing")

    def test_of_a_link_the_link(self):
        (self.dir / "other").mkdir()
        (self.dir / "other/file").touch()
        (self.dir / "link").symlink_to("other")
        (self.dir / "folder").mkdir()
        (self.dir / "folder/link").symlink_to("../other")
        remove(self.dir / "link")
        remove(self.dir / "folder")
        self.assertEqual([path.name for path in sorted(self.dir.rglob("*"))], ["other", "file"])


if __name__ == "__main__":
    unittest.main()
