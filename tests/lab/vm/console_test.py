#!/usr/bin/env python3
"""What breaks if this fails: an intruder in a machine controls the terminal of anyone who reads an error message."""
import pathlib
import tempfile
import unittest

import here  # noqa: F401
import console
import machine


class Console(unittest.TestCase):
    def test_newline_and_tab_stay_and_no_other_control_character(self):
        every = "".join(map(chr, range(0xa0)))
        self.assertEqual(console.legible(every), "\t\n" + "".join(map(chr, range(0x20, 0x7f))))
        self.assertEqual(console.legible(every.encode()), console.legible(every))

    def test_colours_leave_nothing(self):
        self.assertEqual(console.legible("\x1b[0;32m  OK  \x1b[0m\r\n"), "  OK  \n")

    def test_a_sequence_that_another_one_hides_is_harmless(self):
        self.assertEqual(console.legible("\x1b\x1b[m]0;title\x07"), "]0;title")
        self.assertEqual(console.legible(b"\xff\xfe \xc2\x9b2J \xe2\x80\xae"), "\ufffd\ufffd 2J ")

    def test_the_last_lines(self):
        self.assertEqual(console.last_lines(b"a\nb\r\nc\n\n", 2), "b\nc")

    def test_a_bounded_end_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "console.log"
            for written, read in ((b"", b""), (b"12345", b"12345"), (b"123456789", b"23456789")):
                log.write_bytes(written)
                self.assertEqual(machine.end_of(log, 8), read)


if __name__ == "__main__":
    unittest.main()
