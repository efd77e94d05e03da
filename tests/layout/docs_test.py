#!/usr/bin/env python3
"""The operators' manual against the code. What breaks if this fails: an operator meets a finding that is not
explained, or looks for one that does not exist; a script takes one exit status for another."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECK = r"(?:ima|boot|event|require|identity)\.[a-z0-9-]+"
FOLDERS = ("appraisal", "standing", "tpm/evidence")
# One name for each PCR in the code; the manual has them all as boot.pcr-N.
NUMBERED = {"boot.pcr-": "boot.pcr-N"}
# Objections of tpm/evidence during enrolment are not findings.
OF_ENROLMENT = {"credential", "ek"}


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


def sources(*folders):
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.cpp"))


def first_cells(text):
    """The content of the first column of the tables."""
    return re.findall(r"(?m)^\| ([^|]*) \|", text)


def checks_of(source):
    """Names of checks that appear as whole strings in a source."""
    return {NUMBERED.get(name, name) for name in re.findall(rf'"({CHECK})"', source)}


def checks_explained(manual):
    """Names of checks that the manual explains."""
    names = re.findall(r"`([^`]+)`", " ".join(first_cells(manual)))
    return {name for name in names if re.fullmatch(rf"{CHECK}|boot\.pcr-N|require\.\*", name)}


class Findings(unittest.TestCase):
    def setUp(self):
        self.made = set().union(*(checks_of(path.read_text(encoding="utf-8")) for path in sources(*FOLDERS)))
        self.explained = checks_explained(text_of("docs/findings.md"))
        self.assertGreater(len(self.made), 50, "the pattern finds no checks any more")

    def test_each_check_of_the_sources_is_explained(self):
        unexplained = self.made - self.explained
        # A demand is explained with the policy that makes it, and its name is listed with its severity.
        self.assertIn("require.*", self.explained)
        weighed = set(re.findall(rf"(?m)^  ({CHECK}):", text_of("configs/policy.yaml")))
        demands = {name for name in unexplained if name.startswith("require.") and name in weighed}
        self.assertEqual([], sorted(unexplained - demands))

    def test_each_check_that_is_explained_is_in_the_sources(self):
        self.assertEqual([], sorted(self.explained - self.made - {"require.*"}))

    def test_a_name_is_compared_as_a_whole(self):
        self.assertEqual({"boot.event"}, checks_of('"boot.event"'))
        self.assertEqual({"boot.event-type"}, checks_explained("| `boot.event-type` | says |\nsee `boot.event`\n"))

    def test_each_check_of_evidence_in_the_manual_is_in_the_sources(self):
        code = "".join(path.read_text() for path in sources("appraisal", "standing", "tpm/evidence", "tpm/format"))
        told = set(re.findall(r"`evidence\.([a-z-]+)`", text_of("docs/findings.md")))
        self.assertGreater(len(told), 5, "the pattern finds no checks any more")
        self.assertEqual([], sorted(name for name in told if f'"{name}: ' not in code
                                        and f'"evidence.{name}"' not in code))

    def test_each_part_that_may_object_to_evidence_is_in_the_manual(self):
        code = "".join(path.read_text() for path in sources("tpm/evidence"))
        parts = set(re.findall(r'fault\{errc::(?!internal)\w+,\s*"([a-z-]+): ', code)) - OF_ENROLMENT
        manual = text_of("docs/findings.md")
        self.assertGreater(len(parts), 3, "the pattern finds no parts any more")
        self.assertEqual([], sorted(part for part in parts if f"`evidence.{part}`" not in manual))


class ExitStatuses(unittest.TestCase):
    # Sources of commands that return a status other than 0 and 2, and their names in the table.
    COMMANDS = {"cli/client/shown_status.cpp": ("node show", "node attest"),
                "cli/log/log_head.cpp": ("log head",),
                "cli/client/trial.cpp": ("reference try", "policy try"),
                "cli/evidence/appraise.cpp": ("appraise",),
                "cli/evidence/appraise_bundle.cpp": ("appraise --bundle",),
                "cli/log/log_verify.cpp": ("log verify",),
                "cli/files/output.cpp": ("appraise",),
                "cli/references/reference_show.cpp": ("reference diff",)}
    TELLING = re.compile(r"\bexit_(?:untrusted|not_genuine|undecided|warning|unvouched)\b")

    def setUp(self):
        manual = text_of("docs/operating.md")
        rows = re.findall(r"(?m)^\| (\d) \| (.*) \|$", manual)
        self.table = {int(number): words for number, words in rows}
        self.assertEqual(len(self.table), len(rows), "a number has two lines")

    def test_the_table_has_each_status_and_no_other(self):
        made = re.findall(r"constexpr int exit_\w+ = (\d);", text_of("cli/files/exit_status.hpp"))
        self.assertEqual(sorted(map(int, made)), sorted(self.table))

    def test_each_command_that_says_more_than_done_or_not_is_in_the_table(self):
        saying = {str(path.relative_to(ROOT)) for path in sources("cli")
                  if self.TELLING.search(path.read_text(encoding="utf-8"))}
        self.assertEqual(sorted(self.COMMANDS), sorted(saying))
        words = " ".join(self.table.values())
        for command in sum(self.COMMANDS.values(), ()):
            self.assertIn(f"`{command}`", words)


class Routes(unittest.TestCase):
    """What breaks if this fails: a program calls a path that is not there, or never learns of one that is."""

    def setUp(self):
        self.schema = text_of("schemas/rest.capnp")
        self.lines = lines = re.findall(r"(?m)^#   (GET|PUT|POST|DELETE) +(/\S+) +(\S+) +(\S+)$", self.schema)
        self.listed = {(method, path) for method, path, _, _ in lines}
        self.types = {word for _, _, takes, gives in lines for word in (takes, gives) if word[0].isupper()}
        self.assertGreater(len(self.listed), 30, "the pattern finds no routes any more")

    def test_the_service_has_the_routes_of_the_schema(self):
        served = re.findall(r'endpoint\{"([A-Z]+)", "([^"]+)"', text_of("service/rest_api/route.cpp"))
        self.assertEqual({(method, "/" + path) for method, path in served},
                         {(method, re.sub(r"\{\w+\}", "*", path)) for method, path in self.listed})

    def test_the_page_lists_them(self):
        rows = re.findall(r"(?m)^\| `([A-Z]+)` \| `([^`]+)` \| ([^|]*) \| ([^|]*) \|", text_of("docs/rest.md"))
        self.assertEqual(sorted(self.listed), sorted(row[:2] for row in rows))

        def words(cell):
            return sorted(re.findall(r"\w+", cell.replace("the set", "bytes")))
        for method, path, takes, gives in self.lines:
            row = next(one for one in rows if one[:2] == (method, path))
            self.assertEqual((words(takes), words(gives)), (words(row[2]), words(row[3])), f"docs/rest.md: {method} {path}")

    def test_each_type_is_a_struct_of_the_schema(self):
        structs = set(re.findall(r"(?m)^struct (\w+)", self.schema))
        self.assertEqual([], sorted(self.types - structs))


if __name__ == "__main__":
    unittest.main()
