// How much CPU time one attestation may cost.
#pragma once

#include <chrono>
#include <optional>

namespace muster::appraisal {

/// Counts the time that threads spend on one thing, turn by turn. The clock is a parameter, so that whoever
/// counts stays pure; without one nothing is counted, and nothing is ever over.
class cpu_budget {
public:
  /// CPU time of the thread that asks (CLOCK_THREAD_CPUTIME_ID), from any start.
  using clock = std::chrono::nanoseconds (*)();

  cpu_budget() noexcept = default;
  cpu_budget(std::chrono::nanoseconds cap, clock now) noexcept : cap_{cap}, now_{now} {}

  /// Begin and end on one thread; turns do not overlap.
  void begin_turn() {
    if (now_ != nullptr) since_ = now_();
  }
  void end_turn() {
    spent_ = spent();
    since_.reset();
  }

  /// In all turns, the one that runs included.
  std::chrono::nanoseconds spent() const { return since_ ? spent_ + (now_() - *since_) : spent_; }
  std::chrono::nanoseconds cap() const noexcept { return cap_; }
  bool over() const { return now_ != nullptr && spent() > cap_; }

private:
  std::chrono::nanoseconds cap_{};
  clock now_ = nullptr;
  std::chrono::nanoseconds spent_{};
  std::optional<std::chrono::nanoseconds> since_; // of the turn that runs
};

/// One turn, as long as it lives.
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
