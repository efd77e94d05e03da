// What is missing for an attestation that means something, and what to do about it. Pure.
#pragma once

#include "actors/node/machine.hpp"

namespace muster::node {

/// What the boot log says, unverified: for advice only.
struct boot_words {
  std::string command_line; ///< of the kernel; empty if no event holds it
  switch_state secure_boot = switch_state::unknown;
  bool readable = false; ///< it parses
};
boot_words read_boot_words(byte_view boot_log);

/// The value of `ima_policy=` on a kernel's command line, all of them joined by '|' as the kernel joins them,
/// or that of the older `ima_tcb`; empty if there is neither.
std::string ima_policy_of(std::string_view command_line);

/// All of it: one sentence of advice for each thing that is missing, the gravest first.
measured_boot judge(const boot_survey& seen);

} // namespace muster::node
