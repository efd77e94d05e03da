#!/usr/bin/env python3
"""What breaks if this fails: the machine's packages come from elsewhere than this host's, so Muster's programs do not
run there; or a new kernel in the archive changes nothing."""
import unittest

import here  # noqa: F401
import archive

LISTED = """\
Debian|deb|Packages|http://mirror.example/debian/|bookworm|main
Debian|deb-src|Sources|http://mirror.example/debian/|bookworm|main
Debian|deb|Packages|http://mirror.example/debian-security/|bookworm-security|main
Debian|deb|Packages|http://mirror.example/debian/|bookworm|main
Somebody|deb|Packages|https://packages.example/apt|stable|main
"""
POLICY = """\
udev:
  Installed: (none)
  Candidate: 252.39-1
  Version table:
     252.39-1 500
nothing:
  Installed: (none)
  Candidate: (none)
"""


class Archive(unittest.TestCase):
    def test_sources_are_debians_each_once(self):
        self.assertEqual(archive.sources(LISTED), ["deb http://mirror.example/debian/ bookworm main",
                                                   "deb http://mirror.example/debian-security/ bookworm-security main"])

    def test_the_mirror_is_no_part_of_the_key(self):
        elsewhere = LISTED.replace("mirror.example", "other.example")
        self.assertEqual(archive.releases(LISTED), archive.releases(elsewhere))
        self.assertNotEqual(archive.sources(LISTED), archive.sources(elsewhere))

    def test_candidates(self):
        self.assertEqual(archive.candidates(POLICY), {"udev": "252.39-1"})

    def test_kernels_by_number_not_by_spelling(self):
        names = ["linux-image-6.1.0-9-cloud-amd64", "linux-image-6.1.0-56-cloud-amd64", "linux-image-6.1.0-56-amd64",
                 "linux-image-cloud-amd64", "linux-image-6.12-cloud-amd64", "linux-image-6.12.117+deb12-cloud-amd64",
                 "linux-image-6.1.0-56-cloud-amd64-dbg", "linux-image-6.1.0-56-cloud-amd64-unsigned"]
        self.assertEqual(archive.kernels(names, "cloud-amd64"),
                         ["linux-image-6.12.117+deb12-cloud-amd64", "linux-image-6.1.0-56-cloud-amd64",
                          "linux-image-6.1.0-9-cloud-amd64"])
        self.assertEqual(archive.kernels(names, "amd64"), ["linux-image-6.1.0-56-amd64"])


if __name__ == "__main__":
    unittest.main()
