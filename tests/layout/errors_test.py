#!/usr/bin/env python3
"""docs/errors.md against the code. What breaks if this fails: an operator meets an error or a warning that the page
does not explain, or the page explains one that nothing says any more; or the reader of the texts misses some."""
import pathlib
import re
import unittest

import fault_texts

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("service", "node", "net", "actors", "standing")
SPAN = re.compile(r"(`+)(.+?)\1(?!`)")


def tables_of(page):
    """The tables of a page by the name of their first column: lists of rows, each a list of cells."""
    out, name = {}, None
    for line in page.splitlines():
        cells = [one.strip() for one in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not line.startswith("|"):
            name = None
        elif name is None:
            name = cells[0]
        elif not set(line) <= set("|- "):
            out.setdefault(name, []).append(cells)
    return out


def spans_of(cell):
    """The texts in backquotes, two and blanks around a text that has some itself."""
    return [found[2][1:-1] if len(found[1]) > 1 else found[2]
            for found in SPAN.finditer(cell.replace("\\|", "|"))]


def pattern_of(row):
    """What a row matches: its "…" stands for anything."""
    return re.compile(".*".join(map(re.escape, row.split(fault_texts.HOLE))), re.DOTALL)


def words_in(text):
    """How many characters are not filled in."""
    return len(text.replace(fault_texts.HOLE, ""))


def events_of(tokens):
    """Names of events that are logged as a warning or an error."""
    is_sign = fault_texts.is_sign
    for at, one in enumerate(tokens):
        if one.kind != "string" or at < 4:
            continue
        before = tokens[at - 2]
        bad = before.text in ("error", "warning")
        called = bad and is_sign(tokens[at - 1], "(") and is_sign(tokens[at - 3], ".", "->")
        weighed = bad and is_sign(tokens[at - 1], ",") and is_sign(tokens[at - 3], "::")
        failed = is_sign(tokens[at - 1], ",") and before.text == "self" and tokens[at - 4].text == "fail"
        if (called or weighed or failed) and re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", one.text):
            yield one.text
        elif re.match(r"level=(?:warning|error) event=", one.text):
            yield one.text.split("event=")[1].split()[0]


def texts(source, path="service/x.cpp"):
    return [one.text for one in fault_texts.texts([(path, source)])]


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = tables_of((ROOT / "docs/errors.md").read_text(encoding="utf-8"))
        cls.rows = [text for row in cls.tables["text"] for text in spans_of(row[0])]
        cls.said = {}
        for one in fault_texts.texts(list(fault_texts.product())):
            cls.said.setdefault(one.text, f"{one.path}:{one.line}")

    def test_each_text_has_a_row(self):
        self.assertGreater(len(self.said), 800, "the reader finds no texts any more")
        patterns = [(pattern_of(row), words_in(row)) for row in self.rows]
        # A row that has less than half of the words would not be found by somebody who looks for them.
        self.assertEqual([], [f"{where}: {text}" for text, where in self.said.items()
                              if not any(2 * words >= words_in(text) and one.fullmatch(text)
                                         for one, words in patterns)])

    def test_each_row_is_the_row_of_a_text(self):
        self.assertEqual([], [row for row in self.rows if not any(map(pattern_of(row).fullmatch, self.said))])

    def test_no_text_is_there_twice(self):
        self.assertEqual([], sorted(row for row in set(self.rows) if self.rows.count(row) > 1))

    def test_a_row_says_cause_and_remedy_in_few_words(self):
        for row in self.tables["text"] + self.tables["event"]:
            self.assertEqual(3, len(row), row[0])
            for cell in row[1:]:
                self.assertTrue(0 < len(cell.split()) <= 25, cell)

    def test_each_warning_and_error_of_the_logs_has_a_row(self):
        logged = set()
        for _, source in fault_texts.product(PROGRAMS):
            logged.update(events_of(fault_texts.tokens_of(source)))
        listed = [name for row in self.tables["event"] for name in spans_of(row[0])]
        self.assertGreater(len(logged), 60, "the pattern finds no events any more")
        self.assertEqual(sorted(logged), sorted(listed))

    def test_each_code_has_a_row(self):
        source = (ROOT / "messages/vocabulary/result.cpp").read_text(encoding="utf-8")
        codes = re.findall(r'case errc::\w+: return "([a-z-]+)"', source)
        self.assertEqual(sorted(codes), sorted(name for row in self.tables["code"] for name in spans_of(row[0])))


class Reader(unittest.TestCase):
    """The reader of texts itself."""

    def test_adjacent_literals_join_over_lines(self):
        self.assertEqual(["ca: it is gone; restore it"],
                         texts('return fault{errc::io, "ca: it is "\n  "gone; " /* x */ "restore it"};'))

    def test_what_is_filled_in_is_a_hole(self):
        self.assertEqual(["socket …: is … there"],
                         texts('return fault{errc::io, "socket " + path(a, "b") + ": is " + std::to_string(n) + x'
                               ' + " there"};'))

    def test_raw_strings_and_escapes(self):
        self.assertEqual(['no "b" (c)'], texts('fault{errc::io, R"x(no "b" (c))x"};'))
        self.assertEqual(['no "b"\n2'], texts(r'fault{errc::io, "no \"b\"\n2"};'))

    def test_nested_braces_and_calls_end_where_they_end(self):
        self.assertEqual(["a name"], texts('f({fault{errc::io, std::string{"a name"}}, "not this"});'))
        self.assertEqual(["a … name"], texts('f(fault{errc::io, "a " + g({1, 2}, "b") + " name"}, "not this");'))

    def test_both_branches_are_texts(self):
        self.assertEqual(["it is big", "it is small"], texts('fault{errc::io, big ? "it is big" : "it is small"};'))
        self.assertEqual(["see one", "see three", "see two"],
                         texts('fault{errc::io, "see " + std::string{a ? "one" : b ? "two" : "three"}};'))

    def test_comments_code_and_texts_without_words_are_none(self):
        self.assertEqual([], texts('// fault{errc::io, "a comment"}\n/* errc::io, "in it" */\n'
                                   'if (x == errc::io) f(x, "no");'))
        self.assertEqual([], texts('fault{errc::io, std::string{name} + ": " + why};'))

    def test_a_helper_is_read_with_its_arguments(self):
        helper = 'fault wrong(std::string what) { return {errc::malformed, "errands: " + what}; }\n'
        self.assertEqual(["errands: too long"], texts(helper + 'int f() { return wrong("too long"); }'))
        named = 'auto no = [](std::string x) { return fault{errc::io, "tpm: " + x}; };\n'
        self.assertEqual(["tpm: not …"], texts(named + 'int f() { return no("not " + y); }'))

    def test_a_helper_of_another_file_is_read_where_its_header_is(self):
        helper = ("service/a.cpp", 'fault wrong(int n, std::string what) { return {errc::io, what + " now"}; }')
        header = ("service/a.hpp", "fault wrong(int n, std::string what);")
        caller = '#include "service/a.hpp"\nint f() { return wrong(1, "go away"); }'
        found = fault_texts.texts([helper, header, ("cli/b.cpp", caller)])
        self.assertEqual(["go away now"], [one.text for one in found])
        found = fault_texts.texts([helper, header, ("cli/b.cpp", caller.replace("#include", "//"))])
        self.assertNotIn("go away now", [one.text for one in found])

    def test_constants_and_variables_that_begin_as_texts(self):
        self.assertEqual(["a; do it"], texts('constexpr std::string_view remedy = "do " "it";\n'
                                             'int f() { return fault{errc::io, "a; " + std::string{remedy}}; }'))
        self.assertEqual(["guard: …; no"], texts('int f() { auto t = "guard: " + x; t += y;\n'
                                                 ' return fault{errc::io, t + "; no"}; }'))

    def test_a_fault_with_the_code_of_another(self):
        self.assertEqual(["state: …"], texts('return fault{why.fault().code, "state: " + why.fault().check};'))

    def test_events(self):
        code = ('log.error("a.b", {}); deps->log.warning("c.d", {}); log.info("e.f", {}); fail(self, "g.h", why);'
                'log.of_peer(runtime::log_level::warning, "i.j", x); news{node_news::weight::error, "alarm", {}};')
        self.assertEqual(["a.b", "c.d", "g.h", "i.j", "alarm"], list(events_of(fault_texts.tokens_of(code))))


if __name__ == "__main__":
    unittest.main()
