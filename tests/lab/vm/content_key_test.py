#!/usr/bin/env python3
"""What breaks if this fails: a machine boots from an image made from other programs than those at hand."""
import unittest

import here  # noqa: F401
from content_key import content_key


class ContentKey(unittest.TestCase):
    def test_the_same_parts_give_the_same_key_in_any_order(self):
        self.assertEqual(content_key({"a": "1", "b": b"2"}), content_key({"b": "2", "a": b"1"}))

    def test_another_part_gives_another_key(self):
        keys = {content_key(parts) for parts in ({"a": "1"}, {"a": "2"}, {"b": "1"}, {"a": "1", "b": ""}, {"a1": ""}, {})}
        self.assertEqual(len(keys), 6)

    def test_what_moves_from_name_to_value_is_another_key(self):
        self.assertNotEqual(content_key({"ab": "c"}), content_key({"a": "bc"}))
        self.assertNotEqual(content_key({"a": "b", "c": "d"}), content_key({"a": "bc", "": "d"}))


if __name__ == "__main__":
    unittest.main()
