#!/usr/bin/env python3
"""What breaks if this fails: clang-tidy passes over units that a change concerns."""
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

    def test_what_is_not_pure_concerns_nothing(self):
        self.assertEqual(changed.concerned(FILES, {"service/main.cpp", "README.md"}), set())

    def test_every_pure_unit_of_the_tree_is_found(self):
        files = changed.pure_files(changed.ROOT)
        self.assertIn("appraisal/verdict.cpp", files)
        self.assertNotIn("service/main.cpp", files)


if __name__ == "__main__":
    unittest.main()
