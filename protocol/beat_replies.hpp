// What beat replies carry besides a challenge.
#pragma once

#include "records/command_record.hpp"
#include "records/log_board.hpp"
#include "records/trust_lists.hpp"
#include "schemas/wire.capnp.h"
#include "standing/attestation.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace muster::service {

/// A duration as the wire carries it, in ms.
inline std::uint32_t in_ms(std::chrono::milliseconds d) { return static_cast<std::uint32_t>(d.count()); }

/// What one session has to send with beat replies: commands, tuning, the newest signed log head, and trust
/// lists. A value.
class beat_replies {
public:
  /// `beat`: applies unless an operator set another.
  explicit beat_replies(std::chrono::milliseconds beat) : interval_{beat} {}

  void due(const command_record& command) { due_.push_back(command); }
  void no_commands() { due_.clear(); }
  void tune(tuning set) { tuning_ = std::move(set); }
  /// The head of this state goes out once. Null, or an empty head: there is none.
  void log_state(std::shared_ptr<const service::log_state> now) { log_ = std::move(now); }
  /// Only those that the machine lacks go out.
  void lists(std::shared_ptr<const trust_lists> now) { trust_ = std::move(now); }

  struct beats {
    std::chrono::milliseconds usual;   ///< unless an operator set another
    std::chrono::milliseconds longest; ///< upper bound on what an operator set
  };
  struct sent {
    std::size_t commands = 0;
    unsigned renewals = 0; ///< of these, `renew`
  };
  /// `has`: number of the trust list that the machine says it has. Returns how many commands went out; those
  /// are no longer due.
  sent put(wire::BeatReply::Builder reply, std::uint64_t has, const beats& in_force, boot_time now);

  /// The beat that the newest reply set.
  std::chrono::milliseconds interval_sent() const noexcept { return interval_; }

private:
  sent put_commands(wire::BeatReply::Builder reply, boot_time now);
  void put_tuning(wire::BeatReply::Builder reply, const beats& in_force);
  void put_log_head(wire::BeatReply::Builder reply);
  void put_lists(wire::BeatReply::Builder reply, std::uint64_t has);

  std::vector<command_record> due_;
  tuning tuning_;
  std::chrono::milliseconds interval_;
  std::shared_ptr<const service::log_state> log_;      ///< newest state given
  std::shared_ptr<const service::log_state> log_sent_; ///< newest at the last reply
  std::shared_ptr<const trust_lists> trust_;           ///< newest lists given; may be null
  /// When lists last went out: the machine's number, and the newest number. A machine may skip lists or fail
  /// to store them, and is not sent the same ones with every beat.
  std::pair<std::uint64_t, std::uint64_t> trust_sent_{0, 0};
};

} // namespace muster::service
