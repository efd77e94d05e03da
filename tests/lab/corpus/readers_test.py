"""The second readers, and what they take for evidence."""
import hashlib
import unittest

from here import HEAD, entry, event, extended
import boot_log
import ima_list
import recognition
import values_beside

SEPARATOR = bytes(4)


class BootLog(unittest.TestCase):
    def test_an_event_extends_its_pcr_in_each_bank(self):
        replayed = boot_log.replay(HEAD + event(7, 4, SEPARATOR))
        for bank in ("sha1", "sha256"):
            digest = hashlib.new(bank, SEPARATOR).digest()
            self.assertEqual(replayed[bank], {7: extended(bank, bytes(len(digest)), digest).hex()})

    def test_pcr_0_starts_with_the_locality(self):
        digest = hashlib.sha256(SEPARATOR).digest()
        for how, first, start in (("locality", event(0, 3, b"StartupLocality\0\3"), 3),
                                  ("in a padded slot", event(0, 3, b"StartupLocality\0\3" + bytes(33)), 3),
                                  ("nothing is said", b"", 0)):
            with self.subTest(how):
                replayed = boot_log.replay(HEAD + first + event(0, 4, SEPARATOR))
                self.assertEqual(replayed["sha256"][0], extended("sha256", bytes(31) + bytes([start]), digest).hex())

    def test_a_bank_that_one_event_lacks_has_no_replay(self):
        replayed = boot_log.replay(HEAD + event(7, 4, SEPARATOR) + event(7, 4, SEPARATOR, ("sha256",)))
        self.assertEqual(list(replayed), ["sha256"])

    def test_what_is_not_whole_is_not_understood(self):
        whole = HEAD + event(7, 4, SEPARATOR)
        for length in range(33, len(whole)):
            if length != len(HEAD):
                self.assertIsNone(boot_log.replay(whole[:length]), length)


class ImaList(unittest.TestCase):
    def test_each_entry_is_a_state(self):
        states = ima_list.replay(entry(b"/a") + entry(b"/b"))
        self.assertEqual(len(states), 3)
        data = entry(b"/a")[28 + 6 + 4:]
        self.assertEqual(states[1]["sha256", False], extended("sha256", bytes(32), hashlib.sha256(data).digest()).hex())
        padded = hashlib.sha1(data).digest() + bytes(12)
        self.assertEqual(states[1]["sha256", True], extended("sha256", bytes(32), padded).hex())

    def test_a_violation_extends_ones(self):
        violation = bytearray(entry())
        violation[4:24] = bytes(20)
        self.assertEqual(ima_list.replay(bytes(violation))[1]["sha1", False],
                         extended("sha1", bytes(20), b"\xff" * 20).hex())

    def test_a_text_has_sha1_only(self):
        text = b"10 %s ima-ng sha256:00 /a\n" % (b"a7" * 20)
        states = ima_list.replay(text)
        self.assertEqual(states[1]["sha1", False], extended("sha1", bytes(20), bytes.fromhex("a7" * 20)).hex())
        self.assertNotIn(("sha256", False), states[1])
        self.assertIn(("sha256", True), states[1])

    def test_what_is_not_whole_is_not_understood(self):
        whole = entry()
        for length in range(1, len(whole)):
            self.assertIsNone(ima_list.replay(whole[:length]), length)


class Recognition(unittest.TestCase):
    def test_the_content_decides(self):
        for kind, content in (("boot log", HEAD), ("IMA list", entry()), ("IMA list", entry(order=">")),
                              ("IMA list", entry(template=b"evm-sig")),
                              ("IMA text", b"10 %s ima-ng sha256:00 /a\n" % (b"a7" * 20)),
                              ("IMA list", b"\x0a\0\0\0" + b"\xa7" * 32 + b"\x06\0\0\0ima-ng"),
                              ("IMA text", b"10 %s d-ng|n-ng 00 /a\n" % (b"a7" * 32)),
                              ("IMA text", b"10 %s evm-sig sha256:00 /a\n" % (b"a7" * 20)),
                              ("quote", b"\xffTCG\x80\x18" + bytes(40)), (None, b""), (None, b"#!/bin/sh\n" * 9),
                              (None, bytes(200)), (None, b"\x7fELF" + bytes(200)), (None, b"\xffTCG\x80\x17")):
            with self.subTest(content[:40]):
                self.assertEqual(recognition.kind_of(content), kind)


class ValuesBeside(unittest.TestCase):
    def test_both_forms(self):
        value = "AB" * 32
        for text in (f"sha256 7 {value}\n", f"11 7 {value}\n", f"  sha256:\n    7 : 0x{value}\n", f"sha256:\n  7: {value}\n"):
            with self.subTest(text):
                self.assertEqual(values_beside.read("some words\n" + text), {"sha256": {7: value.lower()}})


if __name__ == "__main__":
    unittest.main()
