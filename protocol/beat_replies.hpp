// What the replies to a machine's beats bring besides a challenge.
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

/// As the wire has times.
inline std::uint32_t in_ms(std::chrono::milliseconds d) { return static_cast<std::uint32_t>(d.count()); }

/// Commands, tuning, the service's newest signed head and trust lists, of one session. A value.
class beat_replies {
public:
  /// Of a machine for which people set none.
  explicit beat_replies(std::chrono::milliseconds beat) : told_{beat} {}

  void due(const command_record& command) { due_.push_back(command); }
  void no_commands() { due_.clear(); }
  void tune(tuning set) { tuning_ = std::move(set); }
  /// Its head goes out once. Null or empty: there is none.
  void log_state(std::shared_ptr<const service::log_state> now) { log_ = std::move(now); }
  /// The machine gets them if it does not have them.
  void lists(std::shared_ptr<const trust_lists> now) { trust_ = std::move(now); }

  struct beats {
    std::chrono::milliseconds usual;   ///< where people set none
    std::chrono::milliseconds longest; ///< whatever they set
  };
  struct sent {
    std::size_t commands = 0;
    unsigned renewals = 0; ///< of these
  };
  /// `has`: number of the trust list that the machine says it has. Gives which commands went out: they are
  /// not due any more.
  sent put(wire::BeatReply::Builder reply, std::uint64_t has, const beats& in_force, boot_time now);

  /// The beat, by the newest reply.
  std::chrono::milliseconds told() const noexcept { return told_; }

private:
  sent put_commands(wire::BeatReply::Builder reply, boot_time now);
  void put_tuning(wire::BeatReply::Builder reply, const beats& in_force);
  void put_log_head(wire::BeatReply::Builder reply);
  void put_lists(wire::BeatReply::Builder reply, std::uint64_t has);

  std::vector<command_record> due_;
  tuning tuning_;
  std::chrono::milliseconds told_;
  std::shared_ptr<const service::log_state> log_;      ///< newest that was told
  std::shared_ptr<const service::log_state> log_sent_; ///< whose head went out with a reply
  std::shared_ptr<const trust_lists> trust_;           ///< newest that were told; may be null
  /// What it had and what was the newest, when lists went out last: it may pass some over, or fail to keep
  /// them, and is not sent them with every beat.
  std::pair<std::uint64_t, std::uint64_t> trust_sent_{0, 0};
};

} // namespace muster::service
