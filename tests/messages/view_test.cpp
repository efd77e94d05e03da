#include "messages/view.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tests/messages/every_getter.hpp"
#include "tests/messages/samples.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace muster;

namespace {

struct tally {
  int accepted = 0;
  int refused = 0;
};

/// Changes each byte in several ways. If the check accepts the message, no getter may throw, and every text
/// must be UTF-8 without NUL. If it refuses the message, it must not throw.
template <class T> tally break_each_byte(const bytes& good) {
  REQUIRE(parse_view<T>(frame::copy_of(good)).ok());
  tally out;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int change : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
      auto broken = good;
      broken[at] = static_cast<std::uint8_t>(broken[at] ^ change);
      const auto checked = parse_view<T>(frame::adopt(std::move(broken)));
      if (!checked) {
        ++out.refused;
        CHECK(checked.fault().code == errc::malformed);
        CHECK_FALSE(checked.fault().check.empty());
        continue;
      }
      ++out.accepted;
      checked->read([](typename T::Reader root) {
        CHECK_NOTHROW(samples::read_everything(capnp::DynamicStruct::Reader{root}));
      });
    }
  }
  return out;
}

/// A message from words as they are in memory, including the segment table.
frame words(std::initializer_list<std::uint64_t> content) {
  writer out;
  for (const auto word : content)
    out.u64_le(word);
  return frame::adopt(out.take());
}

constexpr std::uint64_t one_segment(std::uint64_t words) { return words << 32U; }
constexpr std::uint64_t struct_pointer(std::uint64_t offset, std::uint64_t data, std::uint64_t pointers) {
  return offset << 2U | data << 32U | pointers << 48U;
}
constexpr std::uint64_t list_pointer(std::uint64_t offset, std::uint64_t element_size, std::uint64_t count) {
  return 1U | offset << 2U | element_size << 32U | count << 35U;
}

} // namespace

TEST_CASE("a message with any byte changed is refused, or all of its getters are safe") {
  const auto evidence = break_each_byte<wire::AgentFrame>(samples::agent_evidence());
  const auto facts = break_each_byte<wire::MachineFacts>(samples::machine_facts());
  const auto reply = break_each_byte<wire::ServiceFrame>(samples::service_reply());
  const auto state = break_each_byte<records::State>(to_bytes(samples::state_record(7).content()));
  for (const auto& one : {evidence, facts, reply, state}) {
    CHECK(one.accepted > 0);
    CHECK(one.refused > 0);
  }
}

TEST_CASE("each text is checked: text that is not UTF-8, or has a NUL, is refused wherever it is") {
  const auto facts = samples::machine_facts();
  const std::string all{as_text(facts)};
  for (const std::string_view text : {"rack-7", "Debian GNU", "event log", "Secure Boot"}) {
    for (const int bad : {0x00, 0x80, 0xc0, 0xff}) {
      auto broken = facts;
      broken[all.find(text) + 1] = static_cast<std::uint8_t>(bad);
      CHECK_FALSE(parse_view<wire::MachineFacts>(frame::adopt(broken)).ok());
    }
  }
}

TEST_CASE("framing: one segment, exact length, aligned") {
  const auto good = samples::service_reply();
  const auto refused = [](bytes message) {
    return !parse_view<wire::ServiceFrame>(frame::adopt(std::move(message))).ok();
  };
  CHECK(refused({}));
  CHECK(refused(bytes(good.begin(), good.begin() + 7)));
  CHECK(refused(bytes(good.begin(), good.begin() + 8)));
  CHECK(refused(bytes(good.begin(), good.end() - 8)));
  CHECK(refused(bytes(good.begin(), good.end() - 1)));
  auto longer = good;
  longer.resize(longer.size() + 8);
  CHECK(refused(longer));
  CHECK_FALSE(parse_view<wire::ServiceFrame>(words({one_segment(0)})).ok());

  view_limits small;
  small.bytes = good.size() - 1;
  const auto too_long = parse_view<wire::ServiceFrame>(frame::copy_of(good), small);
  REQUIRE_FALSE(too_long.ok());
  CHECK(too_long.fault().code == errc::limit);
}

TEST_CASE("a message of several segments is refused, even if it is well-formed") {
  capnp::MallocMessageBuilder several{8, capnp::AllocationStrategy::FIXED_SIZE};
  several.initRoot<wire::MachineFacts>().setHostname(
      "a name that does not fit into the first segment of the message");
  REQUIRE(several.getSegmentsForOutput().size() > 1);
  const auto flat = capnp::messageToFlatArray(several);
  const auto content = flat.asBytes();
  const auto checked = parse_view<wire::MachineFacts>(frame::copy_of({content.begin(), content.size()}));
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.fault().check == "message: more than one segment");
}

TEST_CASE("pointers that lead outside, far away or in a circle are refused") {
  // The root struct with its pointers; the first one of MachineFacts is a text.
  const auto root = struct_pointer(0, 0, 8);
  const auto with_first = [&](std::uint64_t pointer) {
    return parse_view<wire::MachineFacts>(words({one_segment(9), root, pointer, 0, 0, 0, 0, 0, 0, 0}));
  };
  CHECK(with_first(0).ok());
  CHECK_FALSE(with_first(2U | std::uint64_t{1} << 3U).ok());    // far, into this segment
  CHECK_FALSE(with_first(2U | std::uint64_t{7} << 32U).ok());   // far, into a missing segment
  CHECK_FALSE(with_first(3U).ok());                             // capability
  CHECK_FALSE(with_first(list_pointer(100, 2, 4)).ok());        // past the end
  CHECK_FALSE(with_first(list_pointer(0x3fffffff, 2, 8)).ok()); // a text that is its own pointer
  CHECK_FALSE(with_first(list_pointer(0, 2, (std::uint64_t{1} << 29U) - 1)).ok()); // longer than the message
  CHECK_FALSE(with_first(struct_pointer(0, 1, 0)).ok());                           // not a list
}

TEST_CASE("a small message cannot cause much work") {
  // NodeList.nodes: 2^29 structs of size 0, from 24 bytes.
  const auto count = (std::uint64_t{1} << 29U) - 1;
  const auto none = words({one_segment(4), struct_pointer(0, 0, 2), list_pointer(1, 7, 0), 0, count << 2U});
  CHECK_FALSE(parse_view<rest::NodeList>(none).ok());
  const auto voids = words({one_segment(3), struct_pointer(0, 0, 2), list_pointer(1, 0, count), 0});
  CHECK_FALSE(parse_view<rest::NodeList>(voids).ok());

  // List(Data) with many pointers to the same large content.
  constexpr std::uint64_t pointers = 1000;
  constexpr std::uint64_t shared = 1000; // words
  writer bomb;
  bomb.u64_le(one_segment(1 + 4 + pointers + shared)).u64_le(struct_pointer(0, 0, 4));
  bomb.u64_le(list_pointer(3, 6, pointers)).u64_le(0).u64_le(0).u64_le(0);
  for (std::uint64_t i = 0; i < pointers; ++i)
    bomb.u64_le(list_pointer(pointers - 1 - i, 2, shared * 8));
  for (std::uint64_t i = 0; i < shared; ++i)
    bomb.u64_le(0);
  CHECK_FALSE(parse_view<wire::EnrolRequest>(frame::adopt(bomb.take())).ok());
}

TEST_CASE("several threads may read a message again and again") {
  const auto checked = parse_view<wire::AgentFrame>(frame::adopt(samples::agent_evidence()));
  REQUIRE(checked.ok());
  const auto sum = [&] {
    std::size_t out = 0;
    for (int i = 0; i < 1000; ++i)
      out += checked->read([](wire::AgentFrame::Reader root) {
        std::size_t n = 0;
        for (const auto pcr : root.getEvidence().getPcrs())
          n += pcr.getValue().size();
        return n;
      });
    return out;
  };
  std::size_t other = 0;
  std::thread second{[&] { other = sum(); }};
  const auto mine = sum();
  second.join();
  CHECK(mine == 1000U * 12 * 32);
  CHECK(other == mine);
}

TEST_CASE("a message inside a message is read in place") {
  const auto facts = samples::machine_facts();
  const auto outer = parse_view<wire::EnrolRequest>(frame::adopt(build<wire::EnrolRequest>(
      [&](wire::EnrolRequest::Builder request) { request.setFacts(data_of(facts)); })));
  REQUIRE(outer.ok());
  const auto inside = outer->read([&](wire::EnrolRequest::Reader request) {
    return outer->message().inner(bytes_of(request.getFacts()));
  });
  CHECK(inside.view().data() > outer->content().data());
  CHECK(inside.view().data() < outer->content().data() + outer->content().size());
  REQUIRE(parse_view<wire::MachineFacts>(inside).ok());

  const auto elsewhere = outer->message().inner(facts);
  CHECK(same(elsewhere.view(), facts));
  const auto off = outer->message().inner(outer->content().subspan(4, 8));
  CHECK(reinterpret_cast<std::uintptr_t>(off.view().data()) % 8 == 0);
  CHECK(same(off.view(), outer->content().subspan(4, 8)));
}
