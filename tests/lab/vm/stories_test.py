#!/usr/bin/env python3
"""What breaks if this fails: a story cannot be called by its name, or does not say its purpose."""
import unittest

import here  # noqa: F401
import story


class Stories(unittest.TestCase):
    def setUp(self):
        self.stories = story.all_stories()

    def test_each_says_what_it_shows_and_what_breaks(self):
        for one in self.stories:
            with self.subTest(one.name):
                self.assertTrue(callable(one.tell))
                self.assertIn("What breaks if this fails: ", one.words)

    def test_what_ci_tells(self):
        self.assertEqual([one.name for one in self.stories if one.short], ["command-line", "trusted-implant", "uki"])


if __name__ == "__main__":
    unittest.main()
