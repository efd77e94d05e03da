// How hard a finding weighs, and what is passed over: a plain value, versioned by whoever stores it.
#pragma once

#include "messages/vocabulary/finding.hpp"
#include "messages/vocabulary/standing.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace muster::appraisal {

struct policy {
  /// IMA entries under these directories are counted and passed over: places that hold data, not programs.
  /// Never /tmp, /home or a place of programs by default. Absolute, without a slash at the end.
  std::vector<std::string> exclude = {"/var/log", "/var/cache", "/var/lib", "/run"};

  severity violation = severity::warning;        ///< IMA could not tell what was used (CHECKS 19)
  severity no_boot_log = severity::warning;      ///< an honest GRUB without Secure Boot has none
  severity unbound_ima_log = severity::warning;  ///< boot_aggregate is zero or could not be checked
  severity no_ima_log = severity::warning;       ///< nothing tells what runs on the machine
  severity incomplete_boot_log = severity::note; ///< no ExitBootServices: a direct kernel boot lacks it
  severity odd_boot_log = severity::warning;     ///< separators or Secure Boot variables out of place
  severity secure_boot_off = severity::note;     ///< PCR 7 must be equal anyway
  severity padded_bank = severity::note;         ///< an IMA bank that is no stronger than SHA-1
  severity ima_policy_unknown = severity::note;  ///< no proof that IMA was told to measure (CHECKS 24)
  severity informative_pcr = severity::note;     ///< PCR 1, 5, 6, 13 differ

  /// The best verdict that a machine can get, by who vouches for its EK; index: `endorsement`.
  std::array<verdict, 5> cap = {verdict::none, verdict::warning, verdict::warning, verdict::affirming,
                                verdict::affirming};

  friend bool operator==(const policy&, const policy&) = default;
};

/// Whether `path` is `prefix` itself or below it: "/var/log" covers "/var/log/syslog", never "/var/logs".
/// A path with a ".." component is under no prefix. Linear.
bool under(std::string_view path, std::string_view prefix) noexcept;

/// Whether the policy passes this path over.
bool excludes(const policy& p, std::string_view path) noexcept;

/// What is wrong with the policy, in one sentence; empty if nothing is. Asked before it comes into force.
std::string defect_of(const policy& p);

} // namespace muster::appraisal
