#include "messages/build.hpp"
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
