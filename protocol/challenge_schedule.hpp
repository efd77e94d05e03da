// When a session asks its machine for evidence, and whether for whole logs.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <chrono>
#include <optional>

namespace muster::service {

/// A value. What the record says of whole logs (standing/whole_logs.hpp) comes on top.
class challenge_schedule {
public:
  struct pauses {
    std::chrono::milliseconds interval;  ///< between two routine attestations
    std::chrono::milliseconds reconnect; ///< from one session's beginning to the next one's first attestation
  };
  /// `before`: when the session before this one began, if there was one since the service started.
  bool due(const pauses& in_force, const std::optional<boot_time>& before, boot_time now) const;
  /// The machine owes whole logs, asked for by a decision and not told: evidence can be lost on its way. Each
  /// challenge asks for them until the next decision.
  bool whole_logs() const noexcept { return whole_; }

  void challenged(boot_time now) noexcept {
    last_ = now;
    at_once_ = unable_ = false;
  }
  /// A person wants it: no pause counts.
  void wanted() noexcept { at_once_ = true; }
  /// The machine could not answer the last one. It is asked again sooner: it may be able to by then.
  void was_unable(bool asked_for_whole) noexcept {
    unable_ = true;
    whole_ = whole_ || asked_for_whole;
  }
  /// Nothing came of the last one, by no fault that a pause would mend: the next beat is challenged.
  void lost() noexcept { last_.reset(); }
  /// Whole logs came to nothing by no fault of the machine: they are asked for again, whatever the pause
  /// between two.
  void still_owed() noexcept { whole_ = true; }
  void decided(bool whole_logs_next) noexcept { whole_ = at_once_ = whole_logs_next; }

private:
  std::optional<boot_time> last_;
  bool at_once_ = false;
  bool whole_ = false;
  bool unable_ = false;
};

} // namespace muster::service
