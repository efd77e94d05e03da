#!/usr/bin/env python3
"""What breaks if this fails: a story takes the answer to another question, or waits for an answer that has come."""
import json
import unittest

import here  # noqa: F401
import json_lines


class Framing(unittest.TestCase):
    def test_a_command_is_one_line(self):
        said = json_lines.command("guest-exec", {"arg": ["a\nb"]})
        self.assertEqual(said.count(b"\n"), 1)
        self.assertEqual(json.loads(said), {"execute": "guest-exec", "arguments": {"arg": ["a\nb"]}})

    def test_answers_come_whole_wherever_they_are_cut(self):
        stream = b'{"return": 1}\r\n\n{"event": "X"}\n{"ret'
        for size in range(1, len(stream) + 1):
            with self.subTest(size):
                decoder = json_lines.Decoder()
                found = [one for at in range(0, len(stream), size) for one in decoder.feed(stream[at:at + size])]
                self.assertEqual(found, [{"return": 1}, {"event": "X"}])
                self.assertEqual(decoder.feed(b'urn": 2}\n'), [{"return": 2}])

    def test_what_precedes_the_delimiter_is_of_somebody_else(self):
        self.assertEqual(json_lines.Decoder().feed(b'{"return": {"pid\xff{"return": 7}\n'), [{"return": 7}])
        self.assertTrue(json_lines.synchronise(7).startswith(b"\xff{"))

    def test_a_line_without_end_is_refused(self):
        decoder = json_lines.Decoder()
        decoder.LONGEST = 10
        with self.assertRaises(ValueError):
            decoder.feed(b"x" * 11)

    def test_an_error_is_told_in_its_own_words(self):
        self.assertEqual(json_lines.answer({"return": {}}), {})
        with self.assertRaisesRegex(ValueError, "not there"):
            json_lines.answer({"error": {"class": "GenericError", "desc": "not there"}})


if __name__ == "__main__":
    unittest.main()
