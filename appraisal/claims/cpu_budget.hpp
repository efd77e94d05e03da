// How much CPU time one attestation may cost.
#pragma once

#include <chrono>
#include <optional>

namespace muster::appraisal {

/// Adds up the CPU time that threads spend on one task, turn by turn. The clock is a parameter, so the code
/// that counts stays pure. Without a clock nothing is counted and the budget is never exceeded.
class cpu_budget {
public:
  /// CPU time of the calling thread (CLOCK_THREAD_CPUTIME_ID), from any origin.
  using clock = std::chrono::nanoseconds (*)();

  cpu_budget() noexcept = default;
  cpu_budget(std::chrono::nanoseconds cap, clock now) noexcept : cap_{cap}, now_{now} {}

  /// A turn begins and ends on one thread. Turns do not overlap.
  void begin_turn() {
    if (now_ != nullptr) since_ = now_();
  }
  void end_turn() {
    spent_ = spent();
    since_.reset();
  }

  /// The time of all turns, including one that is running.
  std::chrono::nanoseconds spent() const { return since_ ? spent_ + (now_() - *since_) : spent_; }
  std::chrono::nanoseconds cap() const noexcept { return cap_; }
  bool over() const { return now_ != nullptr && spent() > cap_; }

private:
  std::chrono::nanoseconds cap_{};
  clock now_ = nullptr;
  std::chrono::nanoseconds spent_{};
  std::optional<std::chrono::nanoseconds> since_; // when the running turn began
};

/// One turn, which lasts as long as this object.
class cpu_turn {
public:
  explicit cpu_turn(cpu_budget& of) : of_{of} { of_.begin_turn(); }
  ~cpu_turn() { of_.end_turn(); }
  cpu_turn(const cpu_turn&) = delete;
  cpu_turn& operator=(const cpu_turn&) = delete;

private:
  cpu_budget& of_;
};

} // namespace muster::appraisal
