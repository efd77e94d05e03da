// What a PCR was extended with after the boot log ended.
#pragma once

#include "tpm/evidence/os_phases.hpp"

#include <variant>

namespace muster::tpm {

/// Nothing explains what the PCR was extended with; it may be anything.
struct unexplained {
  friend bool operator==(const unexplained&, const unexplained&) = default;
};

/// For one of `os_pcrs`. A caller has to handle both alternatives; the zero value is the bad news.
struct after_log {
  std::uint8_t pcr = 0;
  std::variant<unexplained, phase_path> what;

  bool explained() const noexcept { return std::holds_alternative<phase_path>(what); }
  /// Null if nothing explains it.
  const phase_path* phases() const noexcept { return std::get_if<phase_path>(&what); }

  friend bool operator==(const after_log&, const after_log&) = default;
};

/// For a PCR that was not extended after the log.
inline after_log not_extended(unsigned pcr) { return {static_cast<std::uint8_t>(pcr), phase_path{}}; }

/// The state after the banks of the PCR moved. It is `before` if they did not move. A move is explained only
/// if the PCR is `phase_pcr` and phases that continue `before` lead to it. An unexplained PCR stays
/// unexplained, because there is nothing to continue from.
after_log judge_move(const after_log& before, std::span<const bank_move> banks);

} // namespace muster::tpm
