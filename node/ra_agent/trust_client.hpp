// The enrolment channel used for trust lists alone: an agent asks a server that it does not trust for them.
// Pure.
#pragma once

#include "messages/frame.hpp"
#include "node/ra_agent/service_words.hpp"

#include <optional>

namespace muster::node {

struct trust_effects {
  std::vector<bytes> send;
  bool over = false;        ///< close the channel
  std::vector<bytes> lists; ///< not verified (`take_trust_lists`)
  std::optional<refusal> refused;
};

/// Sends its hello and waits for the service's hello, which says whether there are newer lists; the lists
/// follow it. The other end is unknown, so nothing else is sent or read.
class trust_client {
public:
  /// `number`: of the list in force here.
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
