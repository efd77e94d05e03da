// The number of candidates that wait from one source, before and after a restart.
#include "records/record_codec.hpp"
#include "standing/waiting.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

constexpr wall_time while_it_waits{1'800'000'000'000};
constexpr wall_time waits_until{while_it_waits.milliseconds + 1000};

node_record candidate(std::uint8_t id, const std::string& from) {
  node_record out;
  out.id.raw.fill(id);
  out.candidate.emplace().source = from;
  out.candidate->expires = waits_until;
  return out;
}

/// The record as read by a start of the service.
node_record read_back(const node_record& node) {
  auto out = node_from(node.id, to_record(node).read_back());
  REQUIRE(out.ok());
  return *std::move(out);
}

} // namespace

TEST_CASE("a source is an IPv4 address or the /64 of an IPv6 address, whatever the port") {
  struct row {
    const char* peer;
    const char* source;
  };
  const row rows[] = {
      {"192.0.2.7:52001", "192.0.2.7"},
      {"192.0.2.7", "192.0.2.7"},
      {"[2001:db8:0:1:9:9:9:9]:4280", "2001:db8:0:1::/64"},
      {"[2001:db8::1:0:0:0:1]:4280", "2001:db8:0:1::/64"},
      {"[2001:0db8::1]:1", "2001:db8:0:0::/64"},
      {"2001:db8::1", "2001:db8:0:0::/64"},
      {"[fe80::1%eth0]:1", "fe80:0:0:0::/64"},
      {"[::1]:1", "0:0:0:0::/64"},
      {"[::]:1", "0:0:0:0::/64"},
      {"[1::]:1", "1:0:0:0::/64"},
      {"[::ffff:192.0.2.7]:1", "192.0.2.7"},
      {"[::ffff:c000:207]:1", "192.0.2.7"},
      {"unix:uid=1000", "unix:uid=1000"},
      {"unix:uid=0", "unix:uid=0"},
      // A machine has any number of ports, and its host gives it any CID.
      {"vsock:3:1025", "vsock"},
      {"vsock:4:1026", "vsock"},
      // A socket never gives these; each is its own source.
      {"[::ffff:192.0.2]:1", "::ffff:192.0.2"},
      {"[::ffff:192.0.2.7.1]:1", "::ffff:192.0.2.7.1"},
      {"[::ffff:192.0.2.256]:1", "::ffff:192.0.2.256"},
      {"[1:2:3]:1", "1:2:3"},
      {"[1:2:3:4:5:6:7:8:9]:1", "1:2:3:4:5:6:7:8:9"},
      {"[1:2:3:4::5:6:7:8]:1", "1:2:3:4::5:6:7:8"},
      {"[1:2:3:4:5:6:7:1.2.3.4]:1", "1:2:3:4:5:6:7:1.2.3.4"},
      {"[12345::]:1", "12345::"},
      {"[1:]:1", "1:"},
      {"[g::]:1", "g::"},
      {"[", ""},
      {"", ""},
      {"hub 3", "hub 3"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.peer);
    CHECK(source_of(each.peer) == each.source);
  }
}

TEST_CASE("candidates count for their source even after a restart") {
  // Otherwise each restart would give a flood of candidates from one address a new allowance.
  const std::vector<node_record> nodes{candidate(1, "192.0.2.7:1"), candidate(2, "192.0.2.7:2"),
                                       candidate(3, "192.0.2.8:1"), candidate(4, "[2001:db8::1]:1"),
                                       candidate(5, "[2001:db8::2]:1")};
  waiting_candidates before;
  waiting_candidates after;
  for (const auto& node : nodes) {
    before.note(node);
    after.note(read_back(node));
  }
  for (const auto* peer :
       {"192.0.2.7:9", "192.0.2.8:9", "192.0.2.9:9", "[2001:db8::3]:9", "[2001:db8:1::]:9"}) {
    CAPTURE(peer);
    CHECK(after.count(peer, while_it_waits).total == 5);
    CHECK(after.count(peer, while_it_waits).from_source == before.count(peer, while_it_waits).from_source);
  }
  CHECK(after.count("192.0.2.7:9", while_it_waits).from_source == 2);
  CHECK(after.count("[2001:db8::3]:9", while_it_waits).from_source == 2);
  CHECK(after.count("[2001:db8:1::]:9", while_it_waits).from_source == 0);
}

TEST_CASE("a node that was admitted, revoked or forgotten no longer waits") {
  waiting_candidates waiting;
  auto node = candidate(1, "192.0.2.7:1");
  waiting.note(node);
  waiting.note(node);
  CHECK(waiting.count("192.0.2.7:2", while_it_waits).total == 1);
  node.candidate.reset();
  waiting.note(node);
  CHECK(waiting.count("192.0.2.7:2", while_it_waits).total == 0);
  waiting.note(candidate(2, "192.0.2.7:1"));
  waiting.erase(candidate(2, "").id);
  CHECK(waiting.count("192.0.2.7:2", while_it_waits).from_source == 0);
}

TEST_CASE(
    "check 25: a candidate whose time is over takes no place from others, before and after it is removed") {
  waiting_candidates waiting;
  for (std::uint8_t i = 0; i < 40; ++i)
    waiting.note(candidate(i, "192.0.2.7:1"));
  CHECK(waiting.count("192.0.2.7:2", while_it_waits).from_source == 40);
  CHECK(waiting.expired(while_it_waits, 100).empty());
  CHECK(waiting.count("192.0.2.7:2", waits_until).total == 0);
  CHECK(waiting.expired(waits_until, 32).size() == 32);
}
