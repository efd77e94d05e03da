#include "settings/document.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace muster;
using namespace muster::settings;

namespace {

std::string refused_document(std::string_view text) {
  const auto read = parse_document("f.yaml", text);
  return read ? "accepted" : read.fault().check;
}

} // namespace

TEST_CASE("a document keeps keys, lines, order and quoting, and interprets nothing") {
  const auto read = parse_document("f.yaml", "# comment\nb: 010\na:\n  - 'yes'\n  - ~\nc: {d: \"x # y\"}\n");
  REQUIRE(read);
  REQUIRE(read->is == entry::shape::mapping);
  REQUIRE(read->children.size() == 3);
  const auto& b = read->children[0];
  CHECK(b.key == "b");
  CHECK(b.text == "010");
  CHECK(b.line == 2);
  CHECK(b.quotes == entry::quoting::plain);
  const auto& a = read->children[1];
  CHECK(a.is == entry::shape::list);
  CHECK(a.line == 3);
  REQUIRE(a.children.size() == 2);
  CHECK(a.children[0].text == "yes");
  CHECK(a.children[0].quotes == entry::quoting::quoted);
  CHECK(a.children[0].line == 4);
  CHECK(a.children[1].is == entry::shape::nothing);
  const auto& d = read->children[2].children.at(0);
  CHECK(d.text == "x # y");
  CHECK(d.line == 6);
}

TEST_CASE("surprising YAML is refused with file, line, key and remedy") {
  struct row {
    std::string_view text;
    std::string_view fault;
  };
  const row rows[] = {
      {"", "f.yaml:1: no document; the file is empty"},
      {"# nothing\n\n", "f.yaml:1: no document; the file is empty"},
      {"a: 1\n---\nb: 2\n", "f.yaml:2: a second document; one file is one document"},
      {"a: 1\n...\nb\n", "f.yaml:3: a second document; one file is one document"},
      {"a: &x 1\n", "f.yaml:1: a: an anchor; write the value out where it is used"},
      {"a: &x\n  b: 1\n", "f.yaml:1: a: an anchor; write the value out where it is used"},
      {"a: &x\nb: 1\n", "f.yaml:1: a: an anchor; write the value out where it is used"},
      {"&k a: 1\n", "f.yaml:1: an anchor; write the value out where it is used"},
      {"a: [1]\nb:\n  c: *x\n", "f.yaml:3: not YAML: "},
      {"a: !!str 1\n", "f.yaml:1: a: a tag; the key decides the type"},
      {"a: ! 1\n", "f.yaml:1: a: a tag; the key decides the type"},
      {"a:\n  b: !secret x\n", "f.yaml:2: a.b: a tag; the key decides the type"},
      {"a: ! {b: 1}\n", "f.yaml:1: a: a tag; the key decides the type"},
      {"a: 1\nb: 2\na: 3\n", "f.yaml:3: a: is there twice, first in line 1; keep one"},
      {"x:\n  a: 1\n  \"a\": 2\n", "f.yaml:3: x.a: is there twice, first in line 2; keep one"},
      {"? {a: b}\n: c\n", "f.yaml:1: expected a key that is text"},
      {"? [a]\n: c\n", "f.yaml:1: expected a key that is text"},
      {"~: c\n", "f.yaml:1: expected a key that is text"},
      {"a: \"cut off\n", "f.yaml:1: a: quotes that are not closed on their line"},
      {"a: 'it''s\n", "f.yaml:1: a: quotes that are not closed on their line"},
      {"a: \"two\n  lines\"\n", "f.yaml:1: a: quotes that are not closed on their line"},
      {"a: \"x\\\"\n", "f.yaml:1: a: quotes that are not closed on their line"},
      {"a: [1\n", "f.yaml:2: not YAML: "},
      {"a: 1\n  b: 2\n", "f.yaml:2: not YAML: "},
      {"a: b: c\n", "f.yaml:1: not YAML: "},
      {"a:\n\tb: 1\n", "f.yaml:2: not YAML: the line begins with a tab; indent with blanks"},
      {"a:\n  b: 1\n  \tc: 2\nd: 1\n", "f.yaml:3: not YAML: the line begins with a tab"},
      {"a: @x\n", "f.yaml:1: not YAML: "},
      {"\xef\xbb\xbf"
       "a: 1\n",
       "f.yaml:1: a byte-order mark; save the file as UTF-8 without one"},
      {"a: 1\nb: \xff\n", "f.yaml:2: bytes that are not UTF-8 text; save the file as UTF-8"},
      {"a: \xc0\xaf\n", "f.yaml:1: bytes that are not UTF-8 text; save the file as UTF-8"},
      {"a: \xed\xa0\x80\n", "f.yaml:1: bytes that are not UTF-8 text; save the file as UTF-8"},
      {"a: \xf4\x90\x80\x80\n", "f.yaml:1: bytes that are not UTF-8 text; save the file as UTF-8"},
      {"a: \xe2\x82", "f.yaml:1: bytes that are not UTF-8 text; save the file as UTF-8"},
      {std::string_view{"a: \0b\n", 6}, "f.yaml:1: bytes that are not UTF-8 text; save the file as UTF-8"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.text);
    const auto fault = refused_document(each.text);
    CHECK_MESSAGE(fault.starts_with(each.fault), fault);
  }
}

TEST_CASE("text in any script and with closed quotes is accepted") {
  const auto read = parse_document(
      "f.yaml", "a: \xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\nb: 'it''s' # c\nc: \"a\\\"b\\\\\"\n");
  REQUIRE(read);
  CHECK(read->children[0].text == "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(read->children[1].text == "it's");
  CHECK(read->children[2].text == "a\"b\\");
}

TEST_CASE("size, depth and number of values are limited") {
  CHECK(refused_document("a: " + std::string(max_document_bytes, 'x'))
            .starts_with("f.yaml:1: larger than 1 MiB"));
  const auto nested = [](std::size_t depth) {
    return "a: " + std::string(depth, '[') + std::string(depth, ']') + "\n";
  };
  CHECK(refused_document(nested(max_depth - 1)) == "accepted");
  CHECK(refused_document(nested(max_depth)) == "f.yaml:1: nested too deep");
  CHECK(refused_document(nested(100'000)) == "f.yaml:1: nested too deep");
  std::string many = "a:\n";
  for (std::size_t i = 0; i < max_entries; ++i)
    many += " - 1\n";
  CHECK(refused_document(many) == "f.yaml:65536: a: too many values for one file");
}

TEST_CASE("a hostile key cannot control the terminal") {
  const auto fault = refused_document("\"\\e[31m\": 1\n\"\\e[31m\": 2\n");
  CHECK(fault == "f.yaml:2: \\x1b[31m: is there twice, first in line 1; keep one");
}
