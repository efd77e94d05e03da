// Where to connect next, and when. Pure; chance is a parameter.
#pragma once

#include "node/ra_agent/service_words.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace muster::node {

struct reconnect_times {
  std::chrono::milliseconds first{1'000}; ///< after the first failure; doubles with each
  std::chrono::milliseconds most{60'000}; ///< cap between two tries at a service that does not answer
  std::chrono::milliseconds spread{
      120'000}; ///< reconnect_spread of docs/protocol.md 9, until the service states its own
  std::chrono::milliseconds stay_away{600'000}; ///< used when an early return cannot help
  unsigned beats = 12; ///< if the service states no spread: at most this many of its beat intervals
};

/// The next try: address number `address`, after `wait`.
struct leg {
  std::size_t address = 0;
  std::chrono::milliseconds wait{0};
  friend bool operator==(const leg&, const leg&) = default;
};

/// Addresses are tried in order, each once, and then again from the first after a back-off. The back-off is
/// exponential with a random part (half to all of it), so that a fleet does not come back at the same moment.
class itinerary {
public:
  /// `addresses` is at least 1.
  explicit itinerary(std::size_t addresses, reconnect_times times = {})
      : addresses_{addresses}, times_{times} {}

  /// At the start: connect at once.
  leg first() const noexcept { return {}; }
  /// The server did not answer, was not the service, or the TPM did not work.
  leg after_failure(std::uint64_t random);
  /// The session was lost after the service had accepted us: waits a random part of the spread. If the
  /// service stated no spread, that is at most `beats` of its `interval`.
  leg after_loss(std::chrono::milliseconds interval, std::uint64_t random);
  /// The service stated its spread, which alone counts from now on.
  void learn_spread(std::chrono::milliseconds spread) noexcept { told_spread_ = spread; }
  /// The service ended the session. Its `retry_after` counts if it is longer than our own wait, but only up
  /// to `stay_away`: no service can keep a machine away for days.
  leg after_refusal(const refusal& why, std::uint64_t random);
  /// The machine waits for admission.
  leg after_pending(std::chrono::milliseconds retry_after, std::uint64_t random);
  /// Admitted: connects at once, to the same address. If no beat was answered since the previous admission,
  /// this counts as a failure. Otherwise an agent whose certificate is never taken would prove itself for
  /// ever.
  leg after_admission(std::uint64_t random);
  /// The service answered a beat: earlier failures no longer count.
  void arrived() noexcept { failures_ = admissions_ = 0; }
  /// The service answered that this machine waits for an operator. It is reachable, but no certificate has
  /// been taken yet.
  void heard() noexcept { failures_ = 0; }

private:
  std::chrono::milliseconds back_off(std::uint64_t random);

  std::size_t addresses_;
  reconnect_times times_;
  std::optional<std::chrono::milliseconds> told_spread_;
  std::size_t address_ = 0;
  unsigned failures_ = 0;
  unsigned admissions_ = 0; ///< since a beat was answered
};

} // namespace muster::node
