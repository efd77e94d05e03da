// Where to connect next, and when. Pure; chance is a parameter.
#pragma once

#include "node/ra_agent/service_words.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace muster::node {

struct reconnect_times {
  std::chrono::milliseconds first{1'000}; ///< after the first failure; doubles with each
  std::chrono::milliseconds most{60'000}; ///< between two tries at a service that does not answer
  std::chrono::milliseconds spread{
      120'000}; ///< reconnect_spread of docs/protocol.md 9, until the service says its own
  std::chrono::milliseconds stay_away{600'000}; ///< where coming back soon cannot help
  unsigned beats =
      12; ///< of a service that does not say: a session is followed within so many of its intervals
};

/// The next try: address number `address`, after `wait`.
struct leg {
  std::size_t address = 0;
  std::chrono::milliseconds wait{0};
  friend bool operator==(const leg&, const leg&) = default;
};

/// Addresses are tried in order, each once, then again from the first after a back-off: exponential, and
/// random between half and all of it, so that a fleet does not come back as one.
class itinerary {
public:
  /// `addresses` is at least 1.
  explicit itinerary(std::size_t addresses, reconnect_times times = {})
      : addresses_{addresses}, times_{times} {}

  /// After the start: at once.
  leg first() const noexcept { return {}; }
  /// Nobody answered, or it was not the service, or the TPM did not work.
  leg after_failure(std::uint64_t random);
  /// The session was lost. If the service had accepted us: after a random part of the spread, which is at
  /// most `beats` of its `interval` where the service does not say what it is.
  leg after_loss(std::chrono::milliseconds interval, std::uint64_t random);
  /// The service says what its spread is: it counts alone from now on.
  void learn_spread(std::chrono::milliseconds spread) noexcept { told_spread_ = spread; }
  /// The service ended it. What it asks for counts, if that is longer than what we would wait, up to
  /// `stay_away`: no word of a service keeps a machine away for days.
  leg after_refusal(const refusal& why, std::uint64_t random);
  /// Waits for admission.
  leg after_pending(std::chrono::milliseconds retry_after, std::uint64_t random);
  /// Admitted: at once, to the same address. If the admission before led to no answered beat, it is as good
  /// as a failure: whatever keeps the certificate from being taken must not make the agent prove itself for
  /// ever.
  leg after_admission(std::uint64_t random);
  /// The service answered a beat: what went wrong before is over.
  void arrived() noexcept { failures_ = admissions_ = 0; }
  /// The service said that this machine waits for people: it is there, but no certificate was taken.
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
