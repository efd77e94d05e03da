// A service, two hubs one above the other, and agents at both, under any order of events, with an oracle. A test and a
// fuzzer drive it.
#pragma once

#include "hub/relay/relay.hpp"
#include "tests/net/link/flow.hpp"

#include <deque>
#include <map>

namespace muster::hub::test {

using link::test::broken;
using link::test::choices;
using link::test::flow;

class tower {
public:
  explicit tower(link::link_limits limits);

  /// One step of somebody: an agent, a session, a message on its way, a link that is lost.
  broken step(choices& chance);
  /// Delivers everything, with everybody reading, until nothing moves. Then nobody may wait for anything.
  broken settle();

private:
  /// An agent's connection, from end to end.
  struct life {
    std::size_t hub = 0; // 0: the lower one
    flow up, down;
    std::uint64_t allowed = 0; // bytes that the hub lets the agent send
    bool agent = true;         // the agent's end is open
    bool session = false;      // the service's end is open
    bool lost = false;         // a link under it was lost, or an end was not orderly
    link::stream_id stream;    // at the service
  };
  struct hub_state {
    explicit hub_state(link::link_limits limits) : table{limits} {}
    relay table;
    std::deque<link::stream_message> up, down; // on the link above it
  };

  void connect_lower();
  void connect_upper();
  void lose_lower();
  void lose_upper();
  broken carry_out(std::size_t hub);
  broken deliver(std::size_t hub, bool up);
  bool put_on_way(std::size_t hub, bool up);
  broken service_hears(const link::stream_message& message);
  life* by_stream(link::stream_id stream);
  broken check() const;

  link::link_limits limits_;
  std::optional<hub_state> hubs_[2];
  std::optional<link::upper_streams> service_;
  std::map<std::uint64_t, life> lives_; // by port; both hubs count alike
  std::uint64_t ports_ = 0, links_ = 0;
};

} // namespace muster::hub::test
