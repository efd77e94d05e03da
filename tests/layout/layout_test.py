#!/usr/bin/env python3
"""Feeds layout.py trees with one mistake each: a layout test that overlooks mistakes would be worse than none."""
import pathlib
import tempfile
import unittest

import layout


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def put(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def includes(self, path, text, *others):
        for other in others:
            self.put(other, "")
        self.put(path, text)
        return list(layout.check_includes(self.root))

    def assert_one(self, problems, words):
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(words, problems[0])


class Includes(Tree):
    def test_what_is_allowed(self):
        self.assertEqual(self.includes("tpm/evidence/a.hpp", '#include "tpm/format/b.hpp"\n', "tpm/format/b.hpp"), [])
        self.assertEqual(self.includes("service/spawn.cpp", '#include "service/verifier/v.hpp"\n#include <caf/all.hpp>\n',
                                       "service/verifier/v.hpp"), [])
        self.assertEqual(self.includes("service/verifier/v.cpp", '#include "service/verifier/v.hpp"\n'
                                       '#include "actors/service/x.hpp"\n', "actors/service/x.hpp"), [])
        self.assertEqual(self.includes("messages/m.cpp", '#include "schemas/wire.capnp.h"\n#include <capnp/any.h>\n',
                                       "schemas/wire.capnp"), [])
        self.assertEqual(self.includes("node/main.cpp", "#include <CLI/CLI.hpp>\n"), [])
        self.assertEqual(self.includes("tests/a/a_test.cpp", '#include "anything"\n#include <lmdb.h>\n'), [])
        self.assertEqual(self.includes("crypto/c.hpp", "#include <chrono>\n// steady_clock is for others\n"), [])

    def test_a_higher_floor(self):
        self.assert_one(self.includes("tpm/format/a.hpp", '#include "tpm/evidence/b.hpp"\n', "tpm/evidence/b.hpp"),
                        "tpm/format/a.hpp:1: tpm/evidence/b.hpp: tpm/format (floor 2)")

    def test_the_same_floor(self):
        self.assert_one(self.includes("crypto/a.hpp", '\n  #  include "messages/b.hpp"\n', "messages/b.hpp"),
                        "crypto/a.hpp:2: messages/b.hpp: crypto")

    def test_another_subsystem(self):
        self.assert_one(self.includes("service/cache/a.cpp", '#include "service/store/b.hpp"\n', "service/store/b.hpp"),
                        "service/cache (floor 5) may not know service/store")

    def test_a_subsystem_and_its_program(self):
        self.assert_one(self.includes("service/cache/a.cpp", '#include "service/spawn.hpp"\n', "service/spawn.hpp"),
                        "may not know service (floor")

    def test_another_program(self):
        self.assert_one(self.includes("cli/a.cpp", '#include "service/store/b.hpp"\n', "service/store/b.hpp"),
                        "cli (floor 5.1) may not know service/store")

    def test_tests_and_bench(self):
        self.assert_one(self.includes("crypto/a.cpp", '#include "tests/fake.hpp"\n', "tests/fake.hpp"),
                        "nothing includes tests/ or bench/")

    def test_a_path_that_is_not_from_the_root(self):
        self.assert_one(self.includes("crypto/a.cpp", '#include "b.hpp"\n', "crypto/b.hpp"), "is no file")
        self.assert_one(self.includes("crypto/a.cpp", '#include "crypto/../crypto/b.hpp"\n'), "is no file")

    def test_a_folder_that_nobody_named(self):
        self.assert_one(self.includes("tpm/other/a.cpp", ""), "lies in no folder of the table")

    def test_each_door(self):
        for header in ("caf/all.hpp", "openssl/evp.h", "tss2/tss2_esys.h", "lmdb.h", "kj/compat/http.h", "capnp/any.h",
                       "yaml-cpp/yaml.h", "re2/re2.h", "CLI/CLI.hpp", "spdlog/spdlog.h", "nlohmann/json.hpp",
                       "doctest/doctest.h"):
            with self.subTest(header):
                self.assert_one(self.includes("tpm/format/a.cpp", f"#include <{header}>\n"), "is not its door")

    def test_a_door_of_one_subsystem_is_not_its_neighbours(self):
        self.assert_one(self.includes("service/cache/a.cpp", "#include <lmdb.h>\n"), "is not its door")

    def test_impure_headers_and_clocks(self):
        for header in ("thread", "fstream", "filesystem", "unistd.h", "sys/stat.h", "iostream"):
            with self.subTest(header):
                self.assert_one(self.includes("appraisal/boot/a.cpp", f"#include <{header}>\n"), "appraisal/boot is pure")
        self.assert_one(self.includes("appraisal/boot/a.cpp", "auto t = std::chrono::steady_clock::now();\n"),
                        "steady_clock: appraisal/boot is pure")
        self.assert_one(self.includes("appraisal/boot/a.cpp", "auto t = std::time(nullptr);\n"), "appraisal/boot is pure")


class Checks(Tree):
    def checks(self, claims, *tests):
        self.put("docs/checks.md", "# Checks\n## Checks\n### Quote\n7. selection\n8. digest\n## Attacks\n26. none\n")
        self.put("tests/layout/claimed_checks.txt", "# note\n" + claims)
        self.put("tests/x/x_test.cpp", "\n".join(f'TEST_CASE("check {number}: words") {{}}' for number in tests))
        return list(layout.check_claims(self.root))

    def test_claims_with_their_tests(self):
        self.assertEqual(self.checks("07 selection\n08 digest\n", "07", "08"), [])

    def test_a_test_that_is_a_comment(self):
        self.put("tests/y/y_test.cpp", '// TEST_CASE("check 08: words") {}\n')
        self.assert_one(self.checks("07 selection\n08 digest\n", "07"), "check 08 (digest)")

    def test_a_test_that_is_skipped(self):
        self.put("tests/y/y_test.cpp", 'TEST_CASE("words" * doctest::skip()) {}\n')
        self.assert_one(self.checks("07 selection\n08 digest\n", "07", "08"), "checks nothing")

    def test_a_claim_without_test(self):
        self.assert_one(self.checks("07 selection\n08 digest\n", "08"), "check 07 (selection)")

    def test_a_check_that_nobody_claims(self):
        self.assert_one(self.checks("07 selection\n", "07", "08"), "docs/checks.md: check 8 is not claimed")

    def test_a_number_that_is_no_check(self):
        self.assert_one(self.checks("07 selection\n08 digest\n", "07", "08", "26"),
                        "x_test.cpp: docs/checks.md has no check 26")

    def test_a_claim_that_is_no_check(self):
        found = self.checks("07 selection\n08 digest\n26 none\n", "07", "08")
        self.assertEqual(len(found), 2, found)
        self.assertIn("check 26 (none): no TEST_CASE", found[0])
        self.assertIn("claimed_checks.txt: docs/checks.md has no check 26", found[1])


class Readmes(Tree):
    def readmes(self, *paths):
        for path in paths:
            self.put(path, "words\n")
        return list(layout.check_readmes(self.root))

    def test_what_is_allowed(self):
        self.assertEqual(self.readmes("crypto/a.hpp", "crypto/b.hpp", "crypto/c.cpp", "crypto/CMakeLists.txt"), [])
        self.assertEqual(self.readmes("crypto/d.cpp", "crypto/README.md", *(f"tests/x/{n}.cpp" for n in range(9))), [])

    def test_a_folder_that_says_nothing(self):
        self.assert_one(self.readmes(*(f"crypto/{n}.hpp" for n in range(4))), "crypto: 4 files and no README.md")

    def test_the_readme_of_the_folder_above_is_not_enough(self):
        self.assert_one(self.readmes("cli/README.md", *(f"cli/x/{n}.cpp" for n in range(4))), "cli/x: 4 files")

    def test_schemas(self):
        self.assert_one(self.readmes(*(f"schemas/{n}.capnp" for n in range(4))), "schemas: 4 files")

    def test_a_readme_that_nobody_reads(self):
        self.put("crypto/README.md", "words\n" * 61)
        self.assert_one(self.readmes("crypto/a.hpp"), "crypto/README.md: 61 lines")


class Tests(Tree):
    def problems(self, path, text="words\n"):
        self.put(path, text)
        return list(layout.check_tests(self.root))

    def test_what_is_allowed(self):
        self.put("crypto/a.hpp", "")
        self.put("messages/vocabulary/a.hpp", "")
        self.assertEqual(self.problems("tests/crypto/a_test.cpp"), [])
        self.assertEqual(self.problems("tests/vocabulary/a_test.cpp"), [])
        self.assertEqual(self.problems("tests/system/a_test.py", "words\n" * 450), [])

    def test_a_test_that_no_list_builds(self):
        self.put("crypto/a.hpp", "")
        self.put("tests/CMakeLists.txt", "muster_tests(messages USES messages)\n")
        self.assert_one(self.problems("tests/crypto/a_test.cpp"), "no CMakeLists.txt makes a test program of tests/crypto")
        self.put("tests/CMakeLists.txt", "muster_tests(crypto USES crypto)\n")
        self.assertEqual(self.problems("tests/crypto/a_test.cpp"), [])

    def test_a_test_of_a_folder_that_is_not_there(self):
        self.assert_one(self.problems("tests/crypto/keys/a_test.cpp"), "there is no folder crypto/keys")

    def test_a_test_that_nobody_reads_to_its_end(self):
        self.assert_one(self.problems("tests/system/a_test.py", "words\n" * 451), "a_test.py: 451 lines")


class Headers(Tree):
    def test_a_header_that_leans_on_others(self):
        self.put("crypto/a.hpp", "#pragma once\nstd::string f();\n")
        self.assert_one(list(layout.check_headers(self.root, [])), "crypto/a.hpp: does not compile on its own")

    def test_a_header_that_its_source_includes_first(self):
        self.put("crypto/a.hpp", "#pragma once\nstd::string f();\n")
        self.put("crypto/a.cpp", '// words\n#include "crypto/a.hpp"\n#include <string>\n')
        self.assertEqual(list(layout.check_headers(self.root, [])), [])

    def test_a_source_that_includes_another_first(self):
        self.put("crypto/a.hpp", "#pragma once\nstd::string f();\n")
        self.put("crypto/a.cpp", '#include <string>\n#include "crypto/a.hpp"\n')
        self.assertEqual(len(list(layout.check_headers(self.root, []))), 1)


class Pure(Tree):
    def test_what_clang_tidy_reads(self):
        for path in ("crypto/a.cpp", "crypto/a.hpp", "service/b.cpp", "tests/crypto/a_test.cpp", "extraction/rim/c.cpp"):
            self.put(path, "\n")
        self.assertEqual(list(map(str, layout.pure_sources(self.root))), ["crypto/a.cpp"])


if __name__ == "__main__":
    unittest.main()
