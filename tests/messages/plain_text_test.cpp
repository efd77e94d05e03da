#include "messages/plain_text.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace std::string_view_literals;

TEST_CASE("plain text is well-formed UTF-8 without NUL") {
  for (const auto good :
       {""sv, "a"sv, "exactly8"sv, "more than eight bytes"sv, "\x7f"sv, "caf\xc3\xa9"sv,
        "12345678\xe2\x82\xac"sv, "\xf0\x9f\x98\x80"sv, "\xf4\x8f\xbf\xbf"sv, "\xef\xbf\xbf"sv}) {
    CAPTURE(good);
    CHECK(is_plain_text(good));
  }
  for (const auto bad :
       {"\0"sv, "1234567\0"sv, "12345678\0"sv, "\x80"sv, "12345678\x80"sv, "\xc3"sv, "\xc0\x80"sv,
        "\xc1\xbf"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv, "\xe2\x82"sv, "\xf0\x8f\xbf\xbf"sv,
        "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xf0\x9f\x98"sv, "\xff"sv}) {
    CAPTURE(bad.size());
    CHECK_FALSE(is_plain_text(bad));
  }
}
