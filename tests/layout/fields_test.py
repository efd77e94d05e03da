#!/usr/bin/env python3
"""Checks that every declaration is used: each field of a schema and each setting has a writer and a reader in the
product.

What breaks if this fails: an operator sets what has no effect, or a reader uses a field that is never written, while
the papers say that it works.

It looks for generated setters and getters by name, and for members by name: a name that several structs share is found
if one of them is used. So it misses some cases, but never raises a false alarm.
"""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTSIDE = {"tests", "bench", "lab", "build", ".git"}

# Fields that only one side uses, and why.
ONE_SIDED = {
    "wire.Hello.features": "for later versions; nobody acts on it (docs/protocol.md 1)",
    "wire.Hello.maxFrame": "for later versions; nobody acts on it (docs/protocol.md 1)",
    "manifest.Manifest.extras": "nothing else is gathered before the quote yet (docs/protocol.md 4)",
    "manifest.Manifest.agent": "for whoever looks into a bundle: nothing is decided by it",
    "denied_firmware.manufacturer": "is filled in together with `below`, by position",
    "denied_firmware.below": "is filled in together with `manufacturer`, by position",
}

MEMBER = re.compile(r"^  [\w:<>, ]+[ &*](\w+)(?: = [^;]+|\{[^;]*\})?;")


def without_comments(text, mark):
    return "\n".join(line.split(mark, 1)[0] for line in text.splitlines())


def fields_of(schema):
    """Struct and name of each field of a schema."""
    stack, word = [], ""
    text = without_comments(schema.read_text(), "#")
    for token in re.finditer(r"[{}]|\b(?:struct|enum)\s+(\w+)|\b(union|group)\b|\b([a-z]\w*)\s+@\d+\s*:", text):
        if token[0] == "{":
            stack.append(word)
            word = ""
        elif token[0] == "}":
            stack.pop()
        elif token[3]:
            named = [one for one in stack if one]
            yield ".".join([schema.stem, *named, token[3]])
        else:
            word = token[1] or ""


def sources(tops=None):
    for path in ROOT.rglob("*.?pp"):
        parts = path.relative_to(ROOT).parts
        if parts[0] in OUTSIDE or (tops and not str(path.relative_to(ROOT)).startswith(tuple(tops))):
            continue
        yield path


def words_of(paths, pattern):
    out = set()
    for path in paths:
        out.update(re.findall(pattern, without_comments(path.read_text(), "//")))
    return out


class Fields(unittest.TestCase):
    def setUp(self):
        calls = words_of(sources(), r"\b((?:set|init|adopt|get|has|is)[A-Z]\w*)\s*\(")
        self.written = {call[len(verb):] for call in calls for verb in ("set", "init", "adopt")
                        if call.startswith(verb)}
        self.read = {call[len(verb):] for call in calls for verb in ("get", "has", "is") if call.startswith(verb)}
        # Union members without content are read by `which`.
        self.read |= {name.title().replace("_", "")
                      for name in words_of(sources(), r"::([A-Z][A-Z_]+)\b")}

    def test_each_field_has_a_writer_and_a_reader(self):
        wrong, unused = [], {field for field in ONE_SIDED if field[0].islower() and field.count(".") > 1}
        for schema in sorted((ROOT / "schemas").glob("*.capnp")):
            for field in fields_of(schema):
                name = field.rsplit(".", 1)[1]
                name = name[0].upper() + name[1:]
                lacks = [what for what, have in (("writer", self.written), ("reader", self.read)) if name not in have]
                # For REST, the client is the other side.
                if schema.stem == "rest" and len(lacks) < 2:
                    continue
                if lacks and field in ONE_SIDED:
                    unused.discard(field)
                elif lacks:
                    wrong.append(f"{field} has no {' and no '.join(lacks)}")
        self.assertEqual(wrong, [])
        self.assertEqual(unused, set(), "exceptions that nothing needs any more")


class Settings(unittest.TestCase):
    def members(self, header):
        struct = ""
        for line in without_comments((ROOT / header).read_text(), "//").splitlines():
            if found := re.match(r"struct (\w+) \{", line):
                struct = found[1]
            elif line.startswith("}"):
                struct = ""
            elif struct and "operator" not in line and (found := MEMBER.match(line)):
                yield f"{struct}.{found[1]}"

    def test_each_setting_has_a_writer_and_a_reader(self):
        written = words_of(sources(["settings/"]), r"[.]\s*(\w+)")
        for header, programs in (("settings/service_settings.hpp", ["service/", "standing/"]), ("settings/node_settings.hpp", ["node/"])):
            read = words_of(sources(programs), r"[.]\s*(\w+)")
            found = list(self.members(header))
            self.assertGreater(len(found), 5, header)
            wrong = [f"{member} has no {what}" for member in found
                     for what, have in (("writer", written), ("reader", read))
                     if member.rsplit(".", 1)[1] not in have and member not in ONE_SIDED]
            self.assertEqual(wrong, [], header)


class Examples(unittest.TestCase):
    """What breaks if this fails: an operator never learns that a setting exists, or sets one that is no longer read."""

    def test_each_setting_is_in_its_example(self):
        for name in ("service", "node"):
            code = (ROOT / f"settings/{name}_settings.cpp").read_text()
            read = set(re.findall(r'\b\w+\.(?!refuse|replaced)\w+\("(\w+)"', code))
            self.assertGreater(len(read), 8, "the pattern finds no settings any more")
            shown = set(re.findall(r"(\w+):(?: |$)", (ROOT / f"configs/{name}.yaml").read_text(), re.M))
            self.assertEqual([], sorted(read - shown), f"read in settings/{name}_settings.cpp, not in configs/{name}.yaml")


class StoredEnums(unittest.TestCase):
    """What breaks if this fails: a new value is stored, and the next start refuses the record as damaged."""

    def test_last_of_is_the_last_enumerator(self):
        seen = 0
        for path in sources():
            text = without_comments(path.read_text(), "//")
            for name, last in re.findall(r"\b(\w+) last_of\(\1\) noexcept \{ return \1::(\w+); \}", text):
                body = re.search(rf"enum class {name}\b[^{{;]*\{{([^}}]*)\}}", text)
                self.assertIsNotNone(body, f"{path}: {name} is not next to its last_of")
                values = re.findall(r"(\w+)\s*(?:=\s*(\d+))?\s*(?:,|$)", body[1].strip())
                self.assertEqual(last, values[-1][0], f"{path}: last_of({name}) must name the last enumerator")
                for place, (value, number) in enumerate(values):
                    self.assertIn(number, ("", str(place)), f"{path}: {name}::{value} must be {place}: no gaps, in order")
                seen += 1
            self.assertEqual(text.count(" last_of("), len(re.findall(r" last_of\(\w+\) noexcept \{ return", text)),
                             f"{path}: a last_of is not on one line")
        self.assertGreater(seen, 15, "the pattern finds no last_of any more")


if __name__ == "__main__":
    unittest.main()
