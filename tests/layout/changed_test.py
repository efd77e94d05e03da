#!/usr/bin/env python3
"""What breaks if this fails: clang-tidy passes over units that a change concerns."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import changed

FILES = {
    "crypto/a.hpp": set(),
    "crypto/a.cpp": {"crypto/a.hpp"},
    "appraisal/b.hpp": {"crypto/a.hpp"},
    "appraisal/b.cpp": {"appraisal/b.hpp"},
    "appraisal/c.cpp": {"appraisal/b.hpp", "schemas/wire.capnp.h"},
    "appraisal/d.cpp": set(),
}


class Concerned(unittest.TestCase):
    def test_a_source_concerns_itself(self):
        self.assertEqual(changed.concerned(FILES, {"appraisal/d.cpp"}), {"appraisal/d.cpp"})

    def test_a_header_concerns_its_users_at_any_distance(self):
        self.assertEqual(changed.concerned(FILES, {"crypto/a.hpp"}), set(FILES) - {"appraisal/d.cpp"})

    def test_a_schema_concerns_what_includes_the_code_made_of_it(self):
        self.assertEqual(changed.concerned(FILES, changed.with_generated({"schemas/wire.capnp"})), {"appraisal/c.cpp"})

    def test_rules_concern_every_unit(self):
        for path in (".clang-tidy", "CMakePresets.json", "cmake/MusterFolders.cmake"):
            self.assertEqual(changed.concerned(FILES, {path}), set(FILES))

    def test_what_is_not_pure_concerns_nothing(self):
        self.assertEqual(changed.concerned(FILES, {"service/main.cpp", "README.md"}), set())

    def test_every_pure_unit_of_the_tree_is_found(self):
        files = changed.pure_files(changed.ROOT)
        self.assertIn("appraisal/verdict.cpp", files)
        self.assertNotIn("service/main.cpp", files)


class DayBefore(unittest.TestCase):
    """What is read as new of a history; each commit is made in a repository of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        changed.ROOT, self.root = pathlib.Path(folder.name), changed.ROOT
        self.addCleanup(lambda: setattr(changed, "ROOT", self.root))
        self.git("init", "-q", "-b", "main")

    def git(self, *words, day=1):
        when = f"2026-01-{day:02}T12:00:00Z"
        done = subprocess.run(["git", "-c", "user.name=test", "-c", "user.email=test@localhost", *words], cwd=changed.ROOT,
                              check=True, capture_output=True, text=True,
                              env={**os.environ, "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when})
        return done.stdout.strip()

    def commit(self, day):
        self.git("commit", "-q", "--allow-empty", "-m", str(day), day=day)
        return self.git("rev-parse", "HEAD")

    def test_the_first_commit_has_nothing_before_it(self):
        self.commit(1)
        self.assertEqual(changed.day_before_head(), "")

    def test_a_day_counts_from_the_newest_commit(self):
        old = self.commit(1)
        self.commit(5)
        self.assertEqual(changed.day_before_head(), old)

    def test_an_old_branch_is_new_where_it_is_merged(self):
        old = self.commit(1)
        self.git("checkout", "-q", "-b", "branch")
        self.commit(3)
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "branch", day=5)
        self.assertEqual(changed.day_before_head(), old)


if __name__ == "__main__":
    unittest.main()
