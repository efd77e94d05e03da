#!/usr/bin/env python3
"""What breaks if this fails: `./run` fetches or builds for minutes before it reports a wrong word; or an interrupted
demo leaves its service, its agents and its TPMs running."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Tools that fetch, install, configure or build. dpkg-query is here so that every package counts as missing.
TOOLS = ("apt-get", "sudo", "debootstrap", "cmake", "ninja", "ctest", "clang-format", "clang-tidy")

REFUSED = [
    ("bogus",),
    ("build", "x"),
    ("deps", "nosuch"),
    ("test", "--repeat", "x"),
    ("test", "appraisal"),
    ("threads", "net"),
    ("fuzz", "nosuch"),
    ("fuzz", "--seconds", "x"),
    ("demo", "--bogus"),
    ("demo", "--evidence", "/nonexist"),
    ("demo", "--evidence", str(ROOT / "docs")),
    ("fresh", "nosuch"),
    ("fresh", "--suite", "nosuch"),
    ("machine", "nosuch"),
    ("machine", "--bogus"),
    ("corpus",),
    ("corpus", "/nonexist"),
    ("corpus", "--bogus", "docs"),
    ("liar", "--seeds", "x"),
    ("simulate", "--seeds", "x"),
    ("model", "--bogus"),
    ("model", "nosuch"),
    ("bench", "--bogus"),
    ("bench", "bogus"),
    ("bench", "--json"),
    ("mutate", "x"),
    ("mutate", "99"),
    ("tidy", "--bogus"),
    ("tidy", "nosuch.cpp"),
    ("tidy", "--deep", "nosuch.cpp"),
    ("format", "--chek"),
    ("format", "--check", "x"),
    ("check", "--al"),
    ("check", "--all", "x"),
]
HELP = [(), ("--help",), ("demo", "--help"), ("demo", "--stay", "--help"), ("fresh", "--help"), ("fresh", "demo", "-h"),
        ("machine", "--help"), ("machine", "--list"), ("corpus", "--help")]


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.called = self.dir / "called"
        for tool in TOOLS:
            self.put(tool, f'echo "{tool} $*" >>{self.called}\nexit 1\n')
        self.put("dpkg-query", "exit 1\n")

    def put(self, name, text):
        (self.dir / name).write_text("#!/bin/sh\n" + text, encoding="utf-8")
        (self.dir / name).chmod(0o755)

    def run_verb(self, words):
        done = subprocess.run([str(ROOT / "run"), *words], env={**os.environ, "PATH": f"{self.dir}:{os.environ['PATH']}"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
        self.assertFalse(self.called.exists(), self.called.exists() and self.called.read_text())
        return done

    def test_a_word_that_is_wrong_is_refused_before_anything_is_fetched_or_built(self):
        for words in REFUSED:
            with self.subTest(" ".join(words)):
                done = self.run_verb(words)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertNotIn("Traceback", done.stderr)
                self.assertTrue(done.stderr.strip())
                self.called.unlink(missing_ok=True)

    def test_help_needs_nothing(self):
        for words in HELP:
            with self.subTest(" ".join(words)):
                done = self.run_verb(words)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertTrue(done.stdout.strip())
                self.called.unlink(missing_ok=True)

    def test_what_is_right_gets_that_far(self):
        for words in (("demo",), ("fuzz", "policy"), ("mutate", "6"), ("format", "--check"), ("bench", "--json", "x")):
            with self.subTest(" ".join(words)):
                self.called.unlink(missing_ok=True)
                with self.assertRaises(AssertionError):
                    self.run_verb(words)


class Ended(unittest.TestCase):
    def test_a_demo_that_is_ended_ends_what_it_started(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(number.name), tempfile.TemporaryDirectory() as folder:
                self.end(pathlib.Path(folder), number)

    def end(self, folder, number):
        """Uses programs that do nothing: the service never answers, so the demo waits for it."""
        said = folder / "said"
        for name, text in (("muster", "exit 1"), ("raagent", "exit 1"),
                           ("ras", f"echo ras $$ >>{said}; exec sleep 600"),
                           ("muster-lab", f"""echo "$1 $2" >>{said}
[ "$1" != create ] || mkdir "$2"
[ "$1" != show ] || printf 'tpm: x\\nboot_id: x\\nboot_log: x\\nima_log: x\\nfacts: x\\n'""")):
            (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            (folder / name).chmod(0o755)
        demo = subprocess.Popen(["/usr/bin/python3", str(ROOT / "lab/demo.py"), "--bin", str(folder), "--dir",
                                 str(folder / "demo")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True,
                                # Tests run in the background may inherit it as ignored.
                                preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
        self.addCleanup(demo.stdout.close)
        self.addCleanup(demo.kill)
        until = time.monotonic() + 60
        while not (said.exists() and "ras" in said.read_text()) and demo.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        demo.send_signal(number)
        output = demo.communicate(timeout=60)[0]
        lines = said.read_text().splitlines()
        self.assertEqual(demo.returncode, 130 if number == signal.SIGINT else 128 + number, output)
        service = next(int(line.split()[1]) for line in lines if line.startswith("ras "))
        self.assertFalse(pathlib.Path(f"/proc/{service}").exists(), "the service is left")
        # The TPM of each machine is switched off.
        self.assertEqual([line for line in lines if line.startswith("off ")],
                         [f"off {(folder / 'demo').resolve()}/node-{one}" for one in range(1, 5)])


if __name__ == "__main__":
    unittest.main()
