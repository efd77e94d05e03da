// When a session asks its machine for evidence, and whether for whole logs.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <chrono>
#include <optional>

namespace muster::service {

/// A value. The record may ask for whole logs as well (`whole_logs_due` in standing/whole_logs.hpp).
class challenge_schedule {
public:
  struct pauses {
    std::chrono::milliseconds interval;  ///< between two routine attestations
    std::chrono::milliseconds reconnect; ///< from one session's start to the next one's first attestation
  };
  /// Whether to challenge now. `before`: when the node's previous session began; empty: it had none since the
  /// service started.
  bool due(const pauses& in_force, const std::optional<boot_time>& before, boot_time now) const;
  /// Whether the machine owes whole logs: a decision asked for them, and they have not arrived. Evidence can
  /// be lost on its way, so each challenge asks for them until the next decision.
  bool whole_logs() const noexcept { return whole_; }

  void challenged(boot_time now) noexcept {
    last_ = now;
    at_once_ = unable_ = false;
  }
  /// An operator wants an attestation: no pause applies.
  void wanted() noexcept { at_once_ = true; }
  /// The machine could not answer the last challenge. It is asked again sooner, since it may be able to
  /// answer by then.
  void was_unable(bool asked_for_whole) noexcept {
    unable_ = true;
    whole_ = whole_ || asked_for_whole;
  }
  /// The last challenge came to nothing, for a reason that no pause would mend: the next beat is challenged.
  void lost() noexcept { last_.reset(); }
  /// The whole logs were lost through no fault of the machine. They are asked for again, whatever the pause
  /// between two requests for them.
  void still_owed() noexcept { whole_ = true; }
  void decided(bool whole_logs_next) noexcept { whole_ = at_once_ = whole_logs_next; }

private:
  std::optional<boot_time> last_;
  bool at_once_ = false;
  bool whole_ = false;
  bool unable_ = false;
};

} // namespace muster::service
