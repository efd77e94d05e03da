#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/writer.hpp"

#include <doctest/doctest.h>

using namespace muster;

TEST_CASE("a cursor reads what a writer wrote") {
  const auto laid =
      writer{}.u8(1).u16_be(0x0203).u32_le(0x07060504).u64_be(8).label("x").sized16(bytes{9}).take();
  cursor in{laid};
  CHECK(in.u8() == 1);
  CHECK(in.u16_be() == 0x0203);
  CHECK(in.u32_le() == 0x07060504);
  CHECK(in.u64_be() == 8);
  CHECK(as_text(in.take(2)) == std::string_view("x\0", 2));
  CHECK(in.u16_be() == 1);
  CHECK(in.u8() == 9);
  CHECK(in.done());
}

TEST_CASE("a read past the end fails the cursor for good") {
  const bytes two{1, 2};
  cursor in{two};
  CHECK(in.u32_be() == 0);
  CHECK(in.failed());
  CHECK(in.u8() == 0);
  CHECK_FALSE(in.done());
}
