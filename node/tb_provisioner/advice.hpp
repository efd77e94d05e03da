// What is missing for a meaningful attestation, and how to mend it. Pure.
#pragma once

#include "actors/node/machine.hpp"

namespace muster::node {

/// What the boot log says, unverified: used for advice only.
struct boot_words {
  std::string command_line; ///< of the kernel; empty if no event holds it
  switch_state secure_boot = switch_state::unknown;
  bool readable = false; ///< it parses
};
boot_words read_boot_words(byte_view boot_log);

/// The value of `ima_policy=` on a kernel's command line: all of them, joined by '|' as the kernel does, or
/// the value of the older `ima_tcb`. Empty if there is neither.
std::string ima_policy_of(std::string_view command_line);

/// The complete survey: one sentence of advice for each thing that is missing, the gravest first.
measured_boot judge(const boot_survey& seen);

} // namespace muster::node
