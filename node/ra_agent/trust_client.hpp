// The enrolment channel used for trust lists alone: what an agent that takes no server asks of any. Pure.
#pragma once

#include "messages/frame.hpp"
#include "node/ra_agent/service_words.hpp"

#include <optional>

namespace muster::node {

struct trust_effects {
  std::vector<bytes> send;
  bool over = false;        ///< close the channel
  std::vector<bytes> lists; ///< that came; not verified (`take_trust_lists`)
  std::optional<refusal> refused;
};

/// Sends its hello, and waits for the service's; that says whether there are newer lists, and they follow.
/// Nobody knows who is at the other end: nothing else is sent, and nothing else is read.
class trust_client {
public:
  /// The number of the list in force here.
  explicit trust_client(std::uint64_t number) : number_{number} {}

  /// The handshake ended.
  trust_effects start() const;
  trust_effects on_frame(const frame& received);

private:
  trust_effects end(std::optional<refusal> why);

  std::uint64_t number_;
  enum class step { hello, lists, over } step_ = step::hello;
};

} // namespace muster::node
