"""The table and its exit status, with a muster that answers as told."""
import pathlib
import subprocess
import tempfile
import unittest

from here import HEAD, ROOT, entry, event
import boot_log
import ima_list

LOG = HEAD + event(7, 4, bytes(4))
RIGHT = boot_log.replay(LOG)
AGREES = "".join(f"{bank} as replayed:\n  7  {pcrs[7]}\n" for bank, pcrs in RIGHT.items())


class Corpus(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.files = self.dir / "files"
        self.files.mkdir()

    def corpus(self, answer, **files):
        """Runs it on `files`, with a muster that is the shell script `answer`."""
        (self.dir / "muster").write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        (self.dir / "muster").chmod(0o755)
        for name, content in files.items():
            (self.files / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        done = subprocess.run(["/usr/bin/python3", str(ROOT / "lab/corpus/main.py"), "--bin", str(self.dir), str(self.files)],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode == 2:
            self.assertIn("no evidence in it. Wanted", done.stderr)
        else:
            self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def says(self, text):
        (self.dir / "answer").write_text(text, encoding="utf-8")
        return f"cat {self.dir}/answer"

    def test_agreement_is_0(self):
        for beside in ({}, {"pcrs": f"sha256 7 {RIGHT['sha256'][7]}\n"}):
            status, output = self.corpus(self.says(AGREES), log=LOG, **beside)
            self.assertEqual(status, 0, output)
            self.assertRegex(output, r"agrees +boot log +log .*1 as in the values next to it" if beside
                             else r"alike +boot log +log .*read alike by both readers; no values next to it")

    def test_a_wrong_replay_differs(self):
        for told in ({}, {"pcrs": f"sha256 7 {'ab' * 32}\n"}):
            with self.subTest(told):
                status, output = self.corpus(self.says(AGREES if told else AGREES.replace(RIGHT["sha256"][7], "cd" * 32)),
                                             log=LOG, **told)
                self.assertEqual(status, 1, output)
                self.assertRegex(output, r"DIFFERS +boot log +log  PCR 7 sha256: the .* ha(s|ve) ")

    def test_what_muster_does_not_print_differs(self):
        only_sha1 = f"sha1 as replayed:\n  7  {RIGHT['sha1'][7]}\n"
        for answer in (only_sha1, ""):
            status, output = self.corpus(self.says(answer), log=LOG)
            self.assertEqual(status, 1, output)
            self.assertIn("PCR 7 sha256: only the second reader has it" if answer else "PCR 7 sha1: only", output)
        status, output = self.corpus(self.says(""), log=entry())
        self.assertEqual(status, 1, output)

    def test_nothing_to_compare_is_no_agreement(self):
        status, output = self.corpus(self.says(""), log=HEAD)
        self.assertEqual(status, 0, output)
        self.assertRegex(output, "read +boot log .* nothing to compare with")

    def test_a_list_may_be_longer_than_the_pcr(self):
        whole = entry(b"/a") + entry(b"/b")
        states = ima_list.replay(whole)
        answer = self.says(f"PCR 10 sha256  {states[2]['sha256', False]}\n")
        for told, expected in ((states[1]["sha256", False], 0), ("ef" * 32, 1)):
            status, output = self.corpus(answer, list=whole, pcrs=f"sha256 10 {told}\n")
            self.assertEqual(status, expected, output)

    def test_a_text_that_is_longer_than_the_pcr_is_compared_by_sha1(self):
        text = b"".join(b"10 %s ima-ng sha256:00 /a\n" % (one * 20) for one in (b"a7", b"b8"))
        states = ima_list.replay(text)
        answer = self.says(f"PCR 10 sha1  {states[2]['sha1', False]}\nPCR 10 sha256  {'cd' * 32}\n")
        for told, expected in ((states[1]["sha1", False], 0), ("ef" * 20, 1)):
            status, output = self.corpus(answer, list=text, pcrs=f"sha1 10 {told}\nsha256 10 {'ab' * 32}\n")
            self.assertEqual(status, expected, output)

    def test_a_refusal_is_told_unless_the_second_reader_reads_it(self):
        answer = "echo 'muster: log: event 3: odd' >&2; exit 2"
        status, output = self.corpus(answer, log=LOG[:-1])
        self.assertEqual(status, 0, output)
        self.assertIn("muster: log: event 3: odd", output)
        status, output = self.corpus(answer, log=LOG)
        self.assertEqual(status, 1, output)

    def test_a_crash_is_broken(self):
        for answer, how in (("kill -SEGV $$", "signal 11"), ("echo '==1==ERROR: AddressSanitizer: boom' >&2; exit 1", "boom")):
            status, output = self.corpus(answer, log=LOG)
            self.assertEqual(status, 1, output)
            self.assertRegex(output, f"BROKEN .*crashes: .*{how}")

    def test_a_quote_is_tried_under_each_key(self):
        quote = b"\xffTCG\x80\x18" + b"\0\2ab" + b"\0\3xyz" + bytes(30)
        answer = f"""echo "$@" >>{self.dir}/said
case "$*" in *ak2.pem*) exit 0;; esac; echo NOT GENUINE; exit 1"""
        files = {"q.msg": quote, "q.sig": b"s", "ak1.pem": b"k"}
        status, output = self.corpus(answer, **files)
        self.assertEqual(status, 1, output)
        self.assertIn("not genuine under ak1.pem", output)
        status, output = self.corpus(answer, **files, **{"ak2.pem": b"k"})
        self.assertEqual(status, 0, output)
        self.assertIn("--nonce 78797a", (self.dir / "said").read_text())

    def test_one_hostile_file_hides_no_other(self):
        quote = b"\xffTCG\x80\x18" + b"\0\2ab" + b"\0\3xyz" + bytes(30)
        for nonce in (b"ab\0", b"ab" * 200_000):
            status, output = self.corpus("exit 0", **{"q.msg": quote, "q.sig": b"s", "ak.pem": b"k", "nonce.hex": nonce})
            self.assertEqual(status, 0, output)
        status, output = self.corpus(self.says(AGREES), **{"a\x1b[2J\nagrees": LOG})
        self.assertEqual(status, 0, output)
        self.assertNotIn("\x1b", output)
        self.assertNotIn("\nagrees\n", output)

    def test_a_list_that_is_too_long_for_the_second_reader_is_only_read(self):
        most, ima_list.MOST_ENTRIES = ima_list.MOST_ENTRIES, 2
        self.addCleanup(setattr, ima_list, "MOST_ENTRIES", most)
        self.assertEqual(len(ima_list.replay(entry(b"/a") + entry(b"/b"))), 3)
        with self.assertRaises(ima_list.TooLong):
            ima_list.replay(entry(b"/a") * 3)

    def test_a_long_list_ends_in_time(self):
        one = entry(b"/a")
        status, output = self.corpus(self.says("PCR 10 sha1  " + "ab" * 20 + "\n"), list=one * (ima_list.MOST_ENTRIES + 1))
        self.assertEqual(status, 0, output)
        self.assertRegex(output, "read +IMA list +list .*too long for the second reader")

    def test_what_is_no_evidence_is_left_out(self):
        status, output = self.corpus("exit 9", readme="# words\n", script="#!/bin/sh\n")
        self.assertEqual(status, 2)
        self.assertIn("evidence in 0 of 2 files: none recognised", output)


if __name__ == "__main__":
    unittest.main()
