#include "net/frame_codec.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::net;

namespace {

bytes header(std::uint32_t length, std::uint32_t reserved) {
  bytes out;
  for (const auto word : {length, reserved})
    for (int i = 0; i < 4; ++i)
      out.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
  return out;
}

bytes pattern(std::size_t n) {
  bytes out(n);
  for (std::size_t i = 0; i < n; ++i)
    out[i] = static_cast<std::uint8_t>(i * 7 + n);
  return out;
}

} // namespace

TEST_CASE("a frame is its length, a zero and the payload") {
  CHECK(make_frame(bytes{1, 2, 3}) == bytes{3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3});
}

TEST_CASE("frames come out whole and in order, however the stream is split") {
  const std::vector<bytes> sent{pattern(1), pattern(8), pattern(200), pattern(4096), pattern(1)};
  bytes stream;
  for (const auto& payload : sent)
    append(stream, make_frame(payload));
  for (const std::size_t piece : {1U, 2U, 7U, 8U, 9U, 64U, 4104U, 100'000U}) {
    CAPTURE(piece);
    frame_reader reader{4096};
    std::vector<bytes> got;
    for (std::size_t at = 0; at < stream.size(); at += piece)
      REQUIRE(reader.feed(byte_view{stream}.subspan(at, std::min(piece, stream.size() - at)), got));
    CHECK(got == sent);
    CHECK(reader.at_boundary());
    CHECK(reader.held() == 0);
  }
}

TEST_CASE("a header that breaks the rules ends the stream permanently") {
  struct row {
    bytes stream;
    errc expected;
  };
  const row rows[] = {
      {header(0, 0), errc::malformed},          {header(8, 1), errc::malformed},
      {header(8, 0x80000000), errc::malformed}, {header(0xffffffff, 0), errc::limit},
      {header(1025, 0), errc::limit},           {header(0, 7), errc::malformed},
  };
  for (const auto& r : rows) {
    frame_reader reader{1024};
    std::vector<bytes> got;
    const auto fed = reader.feed(r.stream, got);
    REQUIRE_FALSE(fed);
    CHECK(fed.fault().code == r.expected);
    CHECK_FALSE(reader.feed(make_frame(bytes{1}), got));
    CHECK(got.empty());
  }
  frame_reader reader{1024};
  std::vector<bytes> got;
  CHECK(reader.feed(make_frame(pattern(1024)), got));
  CHECK(got.size() == 1);
}

TEST_CASE("check 25: memory grows with what arrived, not with what was announced") {
  frame_reader reader{1024 * 1024};
  std::vector<bytes> got;
  REQUIRE(reader.feed(header(1024 * 1024, 0), got));
  CHECK(reader.held() == 0);
  REQUIRE(reader.feed(bytes(100), got));
  CHECK(reader.held() < 1024);
  CHECK_FALSE(reader.at_boundary());
}

TEST_CASE("payloads are aligned for Cap'n Proto") {
  frame_reader reader{1024};
  std::vector<bytes> got;
  bytes stream;
  for (std::size_t n = 1; n < 64; ++n)
    append(stream, make_frame(pattern(n)));
  REQUIRE(reader.feed(stream, got));
  for (const auto& payload : got)
    CHECK(reinterpret_cast<std::uintptr_t>(payload.data()) % 8 == 0);
}
