#include "messages/vocabulary/bytes.hpp"

#include <doctest/doctest.h>

using namespace muster;

TEST_CASE("hex reads back what it wrote and refuses everything else") {
  const bytes raw{0x00, 0x7f, 0x80, 0xff};
  CHECK(to_hex(raw) == "007f80ff");
  CHECK(from_hex("007F80ff") == raw);
  CHECK(from_hex("") == bytes{});
  for (const auto* bad : {"0", "0g", " 00", "00 ", "0x00", "--"})
    CHECK_FALSE(from_hex(bad));
  CHECK_FALSE(bytes32_from_hex("00"));
  CHECK(bytes32_from_hex(std::string(64, 'a')));
}

TEST_CASE("foreign text cannot drive a terminal or forge a line") {
  struct row {
    std::string in, out;
  };
  const row rows[] = {
      {"plain", "plain"},
      {"a\nb", "a\\x0ab"},
      {"\x1b[31m", "\\x1b[31m"},
      {std::string("nul\0!", 5), "nul\\x00!"},
      {"\x7f", "\\x7f"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"\xc0\x80", "\\xc0\\x80"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"\xe2\x82", "\\xe2\\x82"},
      {"\xc2\x85", "\\xc2\\x85"},
  };
  for (const auto& r : rows)
    CHECK(printable(r.in) == r.out);
  CHECK(printable(std::string(20, 'x'), 4) == "xxxx...");
}
