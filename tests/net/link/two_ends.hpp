// Both ends of a link under any order of calls and deliveries, with an oracle. A test and a fuzzer drive it.
#pragma once

#include "net/link/link_streams.hpp"
#include "tests/net/link/flow.hpp"

#include <deque>
#include <map>

namespace muster::net::link::test {

class two_ends {
public:
  explicit two_ends(link_limits limits) : lower_{limits}, upper_{limits}, limits_{limits} {}

  /// One step of somebody: an agent, a session, a message on its way.
  broken step(choices& chance);
  /// Delivers everything, with every owner consuming, until nothing moves. Then no live stream may have bytes waiting.
  broken settle();

private:
  /// One stream, as its two owners see it.
  struct life {
    flow up, down;
    bool lower_owns = true, upper_owns = false;
  };

  broken deliver_up();
  broken deliver_down();
  broken arrived(flow& f, const stream_data& data);
  broken bounds() const;
  bool send_one(bool from_lower);
  void speak(stream_id id, bool lower, std::size_t n);

  lower_streams lower_;
  upper_streams upper_;
  link_limits limits_;
  std::deque<stream_message> going_up_, going_down_;
  std::map<std::uint64_t, life> lives_;
  std::uint64_t next_ = 1;
};

} // namespace muster::net::link::test
