// What a PCR was extended with after the boot log ended.
#pragma once

#include "tpm/evidence/os_phases.hpp"

#include <variant>

namespace muster::tpm {

/// Nothing tells what the PCR was extended with: it may be anything.
struct unexplained {
  friend bool operator==(const unexplained&, const unexplained&) = default;
};

/// One of `os_pcrs`. Whoever looks at it has to say what follows from either; zero is the bad news.
struct after_log {
  std::uint8_t pcr = 0;
  std::variant<unexplained, phase_path> what;

  bool explained() const noexcept { return std::holds_alternative<phase_path>(what); }
  /// Null if nothing explains it.
  const phase_path* phases() const noexcept { return std::get_if<phase_path>(&what); }

  friend bool operator==(const after_log&, const after_log&) = default;
};

/// A PCR that was not extended after the log.
inline after_log not_extended(unsigned pcr) { return {static_cast<std::uint8_t>(pcr), phase_path{}}; }

/// What is known once the banks of the PCR moved: `before` if they did not; explained only by phases, in
/// `phase_pcr`, that go on from it. What was unexplained stays so: there is nothing to go on from.
after_log judge_move(const after_log& before, std::span<const bank_move> banks);

} // namespace muster::tpm
