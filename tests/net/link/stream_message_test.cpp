#include "messages/build.hpp"
#include "net/link/stream_message.hpp"
#include "schemas/link.capnp.h"

#include <doctest/doctest.h>

namespace muster::net::link {

namespace {

template <class Fill> result<link_message> up(Fill&& fill) {
  return parse_up(frame::adopt(build<wire::UpFrame>(fill)));
}

} // namespace

TEST_CASE("link messages: bounds of what the far end says") {
  struct row {
    const char* what;
    result<link_message> got;
  };
  const std::vector<row> rows{
      {"no byte", up([](wire::UpFrame::Builder out) { out.initData().setStream(1); })},
      {"too many bytes", up([](wire::UpFrame::Builder out) { out.initData().initBody(largest_slice + 1); })},
      {"a window of none", up([](wire::UpFrame::Builder out) { out.initWindow().setStream(1); })},
      {"a long address",
       up([](wire::UpFrame::Builder out) { out.initOpen().setPeer(std::string(longest_peer + 1, 'a')); })},
      {"a deep path", up([](wire::UpFrame::Builder out) { out.initOpen().initPath(deepest_path + 1); })},
      {"an empty id in a path", up([](wire::UpFrame::Builder out) { out.initOpen().initPath(1); })},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    REQUIRE_FALSE(r.got);
    CHECK(r.got.fault().code == errc::malformed);
  }
  CHECK_FALSE(parse_up(frame::adopt(bytes(64, 0xff))));
}

TEST_CASE("link messages: what others wrote is made printable") {
  const auto got = up([](wire::UpFrame::Builder out) {
    auto open = out.initOpen();
    open.setStream(9);
    open.setPeer("10.0.0.1\x1b[2J:1");
    open.initPath(1).set(0, "hub\n");
  });
  REQUIRE(got);
  const auto& open = std::get<stream_open>(std::get<stream_message>(*got));
  CHECK(open.peer.address == "10.0.0.1\\x1b[2J:1");
  CHECK(open.peer.path == std::vector<std::string>{"hub\\x0a"});
}

TEST_CASE("link messages: a reason of a later version discards") {
  const auto got = up(
      [](wire::UpFrame::Builder out) { out.initClose().setWhy(static_cast<wire::StreamClose::Reason>(77)); });
  REQUIRE(got);
  CHECK(std::get<stream_close>(std::get<stream_message>(*got)).why == stream_end::broken);
}

TEST_CASE("link messages: the first message each way") {
  for (const auto made : {make_up, make_down}) {
    const auto got = (made == make_up ? parse_up : parse_down)(
        frame::adopt(made(link_message{link_hello{1, 2, "rahub 0.2", 50'000}})));
    REQUIRE(got);
    const auto& hello = std::get<link_hello>(*got);
    CHECK(hello.major == 1);
    CHECK(hello.minor == 2);
    CHECK(hello.software == "rahub 0.2");
    CHECK(hello.streams == 50'000);
  }
}

} // namespace muster::net::link
