#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/unseen_text.hpp"

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

TEST_CASE("foreign text cannot control a terminal or forge a line") {
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

TEST_CASE("check 38: a character that is not seen as what it is is shown as a number") {
  struct row {
    std::string in, out;
  };
  const row rows[] = {
      {"a\xe2\x80\xaegnp.", "a\\xe2\\x80\\xaegnp."}, // right-to-left override
      {"a\xe2\x81\xa6gnp.", "a\\xe2\\x81\\xa6gnp."}, // isolate
      {"a\xe2\x80\xa8"
       "b",
       "a\\xe2\\x80\\xa8"
       "b"},                                       // line separator
      {"ro\xe2\x80\x8bot", "ro\\xe2\\x80\\x8bot"}, // zero width space
      {"\xef\xbb\xbf"
       "x",
       "\\xef\\xbb\\xbf"
       "x"}, // byte order mark
      {"a\xc2\xa0"
       "b",
       "a\\xc2\\xa0"
       "b"},                                          // no-break space
      {"a\xf3\xa0\x81\x81", "a\\xf3\\xa0\\x81\\x81"}, // tag
      {"\xd7\xa9\xd7\x9c", "\xd7\xa9\xd7\x9c"},       // letters that run from right to left are text
      {"\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80"},
  };
  for (const auto& r : rows)
    CHECK(printable(r.in) == r.out);
}

TEST_CASE("check 38: no character of a class that hides is shown as it is, whatever is next to it") {
  for (const char32_t hidden :
       {0x00U,   0x1bU,   0x7fU,   0x85U,   0xa0U,    0xadU,    0x34fU,   0x61cU,   0x115fU,   0x1680U,
        0x17b4U, 0x180eU, 0x2000U, 0x200bU, 0x200eU,  0x200fU,  0x2028U,  0x2029U,  0x202aU,   0x202eU,
        0x202fU, 0x205fU, 0x2060U, 0x2066U, 0x2069U,  0x2800U,  0x3000U,  0x3164U,  0xe000U,   0xfe0fU,
        0xfeffU, 0xffa0U, 0xfff9U, 0xfffeU, 0x1d173U, 0xe0001U, 0xe0100U, 0xf0000U, 0x10ffffU, 0x110000U}) {
    CAPTURE(static_cast<unsigned>(hidden));
    CHECK(is_unseen(hidden));
  }
  for (const char32_t seen : {0x20U, 0x41U, 0x7eU, 0xa1U, 0xe9U, 0x5d0U, 0x627U, 0x915U, 0x4e00U, 0xac00U,
                              0x20acU, 0x2013U, 0x1f600U}) {
    CAPTURE(static_cast<unsigned>(seen));
    CHECK_FALSE(is_unseen(seen));
  }
}
