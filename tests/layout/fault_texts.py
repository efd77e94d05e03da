#!/usr/bin/env python3
"""The texts of faults that can reach a person, as skeletons: literals joined, "…" for what is filled in.

    tests/layout/fault_texts.py [FOLDER ...]    # prints FILE:LINE and the text

A text is the expression after `errc::word,` or `fault.code,`, up to the end of that initialiser or argument. Where a
function or a lambda builds the fault from one of its parameters, each call of it is a text, with the argument in place
of the parameter. Named constants and local variables that begin with a literal are read; both branches of `a ? b : c`
are texts. What comes from anywhere else is "…". Some functions return sentences that others make faults of: SENTENCES
names them; SAYING names those that take a sentence."""
import collections
import functools
import itertools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The folders whose faults reach people. Those of tpm/format, tpm/evidence and appraisal/attestation object to
# evidence: docs/findings.md.
FOLDERS = ("service", "node", "cli", "settings", "files", "extraction", "net", "tpm/device", "records", "standing",
           "protocol", "crypto", "actors", "messages", "checkup", "appraisal/policy", "appraisal/reference",
           "appraisal/extraction", "appraisal/bundle")
# Functions that return a sentence that becomes a fault, or a part of one, elsewhere.
SENTENCES = frozenset((
    "damage_of_record", "damage_text", "defect_of", "defect_of_buffers", "defect_of_caps", "defect_of_denied",
    "defect_of_levels", "defect_of_pcrs", "defect_of_prefixes", "defect_of_required", "defect_of_signatures",
    "defect_of_words", "denial_by_list", "denial_of_ek", "denial_of_firmware", "expected_pcrs", "lost", "objection_to", "option_error", "no_such_option",
    "revoked_by", "said_of", "skipped", "unfinished_rotation", "unknown_command", "why_over"))
# Functions that take a sentence and make a part of a fault of it: folder, name, place of the sentence.
SAYING = (("service/rest_api/", "problem", 2), ("settings/", "refuse", 1), ("settings/", "refusal", 2), ("settings/", "add", 2),
          ("appraisal/extraction/", "refuse", 1), ("appraisal/", "fail", 1), ("records/", "fail", 1),
          ("messages/json_read", "malformed", 1))
HOLE = "…"

Token = collections.namedtuple("Token", "kind text line")
Site = collections.namedtuple("Site", "path line text")

TOKEN = re.compile(r'''
    (?P<space>\s+|//[^\n]*|/\*.*?\*/|(?<![^\n])[ \t]*\#(?:[^\n\\]|\\.)*)
  | (?P<raw>(?:u8|u|U|L)?R"(?P<mark>[^()\\\s]*)\((?P<body>.*?)\)(?P=mark)")
  | (?P<string>(?:u8|u|U|L)?"(?:[^"\\\n]|\\.)*")
  | (?P<char>(?:u8|u|U|L)?'(?:[^'\\\n]|\\.)+')
  | (?P<number>\.?\d(?:'?[\w.])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign>::|->|<=>|<=|>=|==|!=|&&|\|\||\+=|-=|\+\+|--|<<|.)
''', re.VERBOSE | re.DOTALL)
ESCAPE = re.compile(r'\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)', re.DOTALL)
NAMED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
OPEN, CLOSE = {"(", "{", "["}, {")", "}", "]"}


def unescaped(body):
    """What a literal holds, without its quotes."""
    return ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if m[1][0] == "x" and len(m[1]) > 1 else NAMED.get(m[1], m[1]),
                      body)


def tokens_of(source):
    """The tokens of a source, without comments and preprocessor lines. A string's text is what it holds."""
    out, line = [], 1
    for found in TOKEN.finditer(source):
        kind, text = found.lastgroup, found[0]
        if found["raw"] is not None:
            out.append(Token("string", found["body"], line))
        elif kind in ("string", "char"):
            out.append(Token("string", unescaped(text[text.index(text[-1]) + 1:-1]), line))
        elif kind != "space":
            out.append(Token(kind, text, line))
        line += text.count("\n")
    return out


def is_sign(token, *texts):
    return token.kind == "sign" and token.text in texts


def end_of(tokens, at, *stops):
    """Where the expression that begins at `at` ends: at a stop or a closing bracket of its own depth."""
    depth = 0
    while at < len(tokens):
        if depth == 0 and (is_sign(tokens[at], *stops) or is_sign(tokens[at], *CLOSE)):
            return at
        depth += is_sign(tokens[at], *OPEN) - is_sign(tokens[at], *CLOSE)
        at += 1
    return at


def split(tokens, *signs):
    """The parts of an expression between signs of its own depth."""
    parts, at = [], 0
    while at <= len(tokens):
        end = end_of(tokens, at, *signs)
        parts.append(tokens[at:end])
        at = end + 1
    return parts


def closes_before(tokens, at):
    """Where the bracket opens that closes at `at`."""
    depth = 0
    while at >= 0:
        depth += is_sign(tokens[at], *CLOSE) - is_sign(tokens[at], *OPEN)
        if depth == 0:
            return at
        at -= 1
    return -1


class Function(collections.namedtuple("Function", "name parameters begin end")):
    """A function or a named lambda with a body, by positions of tokens."""


def named(tokens):
    """The name of a parameter, or None."""
    words = [one.text for one in split(tokens, "=")[0] if one.kind == "word"]
    return words[-1] if len(words) > 1 else None


def functions_of(tokens):
    """Bodies `name(parameters) ... {` and `name = [...](parameters) ... {`."""
    out = []
    for at, one in enumerate(tokens):
        if not is_sign(one, "{"):
            continue
        back = at - 1
        while back >= 0 and (tokens[back].kind == "word" or is_sign(tokens[back], "::", "->", "<", ">", "&", "*")):
            back -= 1
        if back < 1 or not is_sign(tokens[back], ")"):
            continue
        start = closes_before(tokens, back)
        if start < 1:
            continue
        before = tokens[start - 1]
        if is_sign(before, "]"):
            bracket = closes_before(tokens, start - 1)
            if bracket < 2 or not is_sign(tokens[bracket - 1], "=") or tokens[bracket - 2].kind != "word":
                continue
            name = tokens[bracket - 2].text
        elif before.kind == "word" and before.text not in ("if", "for", "while", "switch", "catch", "return"):
            name = before.text
        else:
            continue
        parameters = [named(part) for part in split(tokens[start + 1:back], ",")]
        out.append(Function(name, parameters, at, end_of(tokens, at + 1)))
    return out


def constants_of(tokens):
    """Named constants that are one literal: `constexpr ... name = "text";` and `name{"text"};`."""
    out = {}
    for at in range(len(tokens) - 3):
        if tokens[at].kind != "word" or not is_sign(tokens[at + 1], "=", "{"):
            continue
        end = at + 2
        while end < len(tokens) and tokens[end].kind == "string":
            end += 1
        if end > at + 2 and end < len(tokens) and is_sign(tokens[end], ";" if tokens[at + 1].text == "=" else "}"):
            line = [one.text for one in tokens[max(0, at - 8):at]]
            if "constexpr" in line or "const" in line:
                out[tokens[at].text] = "".join(one.text for one in tokens[at + 2:end])
    return out


WRAPPERS = ("string", "string_view", "move", "forward")


def texts_of(tokens, known):
    """The texts that an expression may be. `known`: names whose texts are known."""
    question = end_of(tokens, 0, "?")
    if question < len(tokens) and is_sign(tokens[question], "?"):
        colon, nested = question + 1, 0
        while colon < len(tokens):
            colon = end_of(tokens, colon, "?", ":")
            if colon >= len(tokens) or (is_sign(tokens[colon], ":") and nested == 0):
                break
            nested += 1 if tokens[colon].text == "?" else -1
            colon += 1
        return texts_of(tokens[question + 1:colon], known) + texts_of(tokens[colon + 1:], known)
    terms = split(tokens, "+")
    if len(terms) > 1:
        joined = itertools.product(*(texts_of(term, known) for term in terms))
        return [tidy("".join(parts)) for parts in joined]
    if tokens and all(one.kind == "string" for one in tokens):
        return ["".join(one.text for one in tokens)]
    if len(tokens) == 1 and tokens[0].text in known:
        return list(known[tokens[0].text])
    if len(tokens) > 2 and is_sign(tokens[-1], *CLOSE):
        start = closes_before(tokens, len(tokens) - 1)
        before = tokens[start - 1] if start > 0 else None
        if start == 0 or (before.kind == "word" and before.text in WRAPPERS):
            return texts_of(split(tokens[start + 1:-1], ",")[0], known)
    return [HOLE]


def tidy(text):
    return re.sub(f"{HOLE}+", HOLE, text)


def is_text(text):
    """Whether a person can recognise it: there is a word in it."""
    return re.search(r"[A-Za-z]{2}", text) is not None


class Source:
    def __init__(self, path, text):
        self.path, self.tokens = path, tokens_of(text)
        self.includes = set(re.findall(r'(?m)^#include "([^"]+)"', text))
        self.functions = functions_of(self.tokens)
        self.constants = {name: [value] for name, value in constants_of(self.tokens).items()}

    def around(self, at):
        """The innermost function around a token."""
        inside = [one for one in self.functions if one.begin < at < one.end]
        return max(inside, key=lambda one: one.begin, default=None)

    def locals_at(self, function, at):
        """Variables of a function that begin as a text: name to the texts that they may be at a token."""
        tokens, out = self.tokens, {}
        for i in range(function.begin + 2, at):
            if tokens[i].kind != "word" or not is_sign(tokens[i + 1], "=", "+="):
                continue
            if tokens[i + 1].text == "+=" and tokens[i].text in out:
                out[tokens[i].text] = [tidy(one + HOLE) for one in out[tokens[i].text]]
            elif tokens[i + 1].text == "=" and tokens[i - 1].kind == "word":
                texts_here = texts_of(tokens[i + 2:end_of(tokens, i + 2, ",", ";")], self.constants)
                if any(is_text(one) for one in texts_here):
                    out[tokens[i].text] = texts_here
        return out

    def expressions(self):
        """Where an expression is the text of a fault: begin and end."""
        tokens = self.tokens
        for at in range(len(tokens) - 4):
            if (tokens[at].text == "errc" and is_sign(tokens[at + 1], "::") and tokens[at + 2].kind == "word"
                    and is_sign(tokens[at + 3], ",")):
                yield at + 4, end_of(tokens, at + 4, ",", ";")
            if (tokens[at].text == "code" and is_sign(tokens[at + 1], ",") and at
                    and is_sign(tokens[at - 1], ".", "{")):
                yield at + 2, end_of(tokens, at + 2, ",", ";")
        for folder, name, position in SAYING:
            if self.path.startswith(folder):
                yield from self.calls(name, position, True)
        for function in self.functions:
            if function.name in SENTENCES:
                for at in range(function.begin, function.end):
                    if tokens[at].text == "return" and tokens[at].kind == "word":
                        yield at + 1, end_of(tokens, at + 1, ";")

    def calls(self, name, position, here):
        """Where the argument of each call is: begin and end. In other files than the function's: not of members."""
        tokens = self.tokens
        for at in range(len(tokens) - 2):
            if tokens[at].kind != "word" or tokens[at].text != name or not is_sign(tokens[at + 1], "(", "{"):
                continue
            if at and (is_sign(tokens[at - 1], "&", "*", ">") or tokens[at - 1].kind == "word"
                       and tokens[at - 1].text not in ("return", "co_return", "else", "throw")):
                continue  # a declaration
            if not here and at and is_sign(tokens[at - 1], ".", "->", "::"):
                continue
            start = at + 2
            for _ in range(position):
                start = end_of(tokens, start, ",") + 1
            if start < len(tokens):
                yield start, end_of(tokens, start, ",")


def texts(sources):
    """Every text of these sources, in their order. `sources`: pairs of path and content."""
    all_sources = [Source(path, content) for path, content in sources]
    headers = {source.path: {one.text for one in source.tokens if one.kind == "word"} for source in all_sources
               if source.path.endswith(".hpp")}
    direct = {source.path: source.includes for source in all_sources}
    found = []

    @functools.cache
    def reaches(path, header):
        """Whether a file includes a header, by way of any other."""
        seen, left = set(), [path]
        while left:
            for one in direct.get(left.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    left.append(one)
        return header in seen

    def add(source, begin, end, shape, depth):
        """`shape`: what a text becomes around the expression."""
        known = dict(source.constants)
        function = source.around(begin)
        open_names = {}
        if function is not None:
            known.update(source.locals_at(function, begin))
        if function is not None and depth < 3:
            words = {one.text for one in source.tokens[begin:end] if one.kind == "word"}
            for position, name in enumerate(function.parameters):
                if name in words:
                    known[name] = [f"\0{name}\0"]
                    open_names[name] = position
        for text in texts_of(source.tokens[begin:end], known):
            whole = shape(text)
            slots = [name for name in open_names if f"\0{name}\0" in whole]
            called = slots and list(calls_of(source, function.name, open_names[slots[0]]))
            if not called:
                whole = tidy(re.sub("\0\\w+\0", HOLE, whole))
                if is_text(whole):
                    found.append(Site(source.path, source.tokens[begin].line, whole))
                continue
            slot = f"\0{slots[0]}\0"
            for other, first, last in called:
                add(other, first, last,
                    lambda inner, whole=whole: re.sub("\0\\w+\0", HOLE, whole.replace(slot, "\1")).replace("\1", inner),
                    depth + 1)

    def calls_of(source, name, position):
        header = re.sub(r"\.cpp$", ".hpp", source.path)
        shared = name in headers.get(header, ())
        for other in all_sources:
            if other is source or (shared and reaches(other.path, header)
                                   and not any(one.name == name for one in other.functions)):
                for first, last in other.calls(name, position, other is source):
                    yield other, first, last

    for source in all_sources:
        for begin, end in source.expressions():
            add(source, begin, end, lambda text: text, 0)
    return sorted(set(found))


def product(folders=FOLDERS):
    """The sources of the product that reach people."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.?pp")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def main():
    for one in texts(list(product(sys.argv[1:] or FOLDERS))):
        print(f"{one.path}:{one.line}: {one.text}")


if __name__ == "__main__":
    main()
