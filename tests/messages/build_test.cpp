#include "messages/build.hpp"
#include "messages/state_stamp.hpp"
#include "tests/messages/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;

TEST_CASE("a built message is one segment, whatever its size") {
  for (const std::size_t size : {0U, 100U, 5000U, 300000U}) {
    const auto message = build<wire::AgentFrame>([&](wire::AgentFrame::Builder frame) {
      auto part = frame.initLogPart();
      part.setNumber(3);
      part.setBody(data_of(samples::filled(size, 0xaa)));
      part.setLast(true);
    });
    const auto checked = parse_view<wire::AgentFrame>(frame::copy_of(message));
    REQUIRE(checked.ok());
    checked->read([&](wire::AgentFrame::Reader root) {
      CHECK(root.getLogPart().getBody().size() == size);
      CHECK(root.getLogPart().getLast());
    });
  }
}

TEST_CASE("records of equal content are equal bytes, in the form that the encoding calls canonical") {
  const auto one = make_record<records::Group>([](records::Group::Builder group) {
    group.setAcceptedBy("somebody who is replaced");
    group.setName("web");
    group.setAcceptedBy("uid=0");
  });
  const auto other = make_record<records::Group>([](records::Group::Builder group) {
    group.setAcceptedBy("uid=0");
    group.setName("web");
  });
  CHECK(same(one.content(), other.content()));
  capnp::FlatArrayMessageReader reader{detail::words_of(one.content())};
  CHECK(reader.isCanonical());
  one.read_back().read([](records::Group::Reader group) { CHECK(text_of(group.getName()) == "web"); });
}

TEST_CASE("a stamp changes the sequence of a state and nothing else") {
  constexpr auto placeholder = ~std::uint64_t{0};
  auto state = to_bytes(samples::state_record(placeholder).content());
  REQUIRE(stamp_result_sequence(state, placeholder, 77));
  CHECK(same(state, samples::state_record(77).content()));

  CHECK_FALSE(stamp_result_sequence(state, placeholder, 78)); // no placeholder any more
  CHECK(same(state, samples::state_record(77).content()));
  auto empty = to_bytes(make_record<records::State>([](records::State::Builder) {}).content());
  CHECK_FALSE(stamp_result_sequence(empty, placeholder, 1));
  for (std::size_t size = 0; size < state.size(); size += 8) {
    auto cut = bytes(state.begin(), state.begin() + static_cast<std::ptrdiff_t>(size));
    (void)stamp_result_sequence(cut, 77, 1); // must not read behind the end
  }
}
