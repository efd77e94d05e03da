#!/usr/bin/env python3
"""Checks that every mutation still applies, without building any, and that the runner cannot be fooled."""
import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/mutations"))
import run  # noqa: E402

PATCH = "--- a/crypto/a.cpp\n+++ b/crypto/a.cpp\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"


class Patches(unittest.TestCase):
    def test_each_applies_to_the_tree_as_it_is(self):
        for number, patches in run.patches_by_number(run.PATCHES).items():
            self.assertTrue(run.programs_of(ROOT, number), f"check {number} has no test")
            for patch in patches:
                with self.subTest(patch.name), tempfile.TemporaryDirectory() as folder:
                    tree = pathlib.Path(folder)
                    for name in run.touched_files(patch):
                        (tree / name).parent.mkdir(parents=True, exist_ok=True)
                        shutil.copy(ROOT / name, tree / name)
                    run.apply(patch, tree)


class Runner(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.patch = self.put("07-x.patch", PATCH)
        self.source = self.put("tree/crypto/a.cpp", "one\ntwo\nthree\n")
        self.tree = self.root / "tree"

    def put(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")
        return self.root / path

    def test_applies_and_restores(self):
        original = self.root / "original"
        shutil.copytree(self.tree, original)
        self.assertEqual(run.touched_files(self.patch), ["crypto/a.cpp"])
        run.apply(self.patch, self.tree)
        self.assertEqual(self.source.read_text(encoding="utf-8"), "one\n2\nthree\n")
        run.restore(["crypto/a.cpp"], original, self.tree)
        self.assertEqual(self.source.read_text(encoding="utf-8"), "one\ntwo\nthree\n")

    def test_a_patch_that_does_not_apply(self):
        self.source.write_text("one\nzwei\nthree\n", encoding="utf-8")
        with self.assertRaisesRegex(run.Refused, "does not apply"):
            run.apply(self.patch, self.tree)

    def test_a_patch_that_changes_the_test_instead(self):
        patch = self.put("07-y.patch", PATCH.replace("crypto/", "tests/crypto/"))
        with self.assertRaisesRegex(run.Refused, "no product code"):
            run.touched_files(patch)

    def test_a_patch_that_is_empty_or_adds_a_file(self):
        for text in ("", PATCH.replace("a/crypto/a.cpp", "/dev/null")):
            with self.assertRaisesRegex(run.Refused, "no patch of existing files"):
                run.touched_files(self.put("07-z.patch", text))

    def test_a_misnamed_patch(self):
        self.put("selection.patch", PATCH)
        with self.assertRaisesRegex(run.Refused, "NN-short-name"):
            run.patches_by_number(self.root)

    def test_a_claimed_check_without_patch(self):
        patches = run.patches_by_number(self.root)
        numbers, errors = run.work_of([], {"07": "selection", "08": "digest"}, patches)
        self.assertEqual(numbers, ["07", "08"])
        self.assertEqual(errors, ["check 08: no patch tests/mutations/08-*.patch"])

    def test_the_programs_of_a_check(self):
        self.put("tests/tpm/evidence/q_test.cpp", 'TEST_CASE("check 07: x") {}')
        self.put("tests/net/n_test.cpp", 'TEST_CASE("check 08: x") {}')
        self.assertEqual(run.programs_of(self.root, "07"), ["test_tpm_evidence"])
        self.assertEqual(run.programs_of(self.root, "09"), [])


if __name__ == "__main__":
    unittest.main()
