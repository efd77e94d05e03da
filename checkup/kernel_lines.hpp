// Whether the kernel shows what it measured. Pure.
#pragma once

#include "checkup/line.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"

#include <optional>

namespace muster::checkup {

/// The boot log (binary_bios_measurements).
struct boot_log_facts {
  std::string path; ///< printable
  std::string user; ///< who looks
  /// Its events, or why there is none: not_found, denied, io; malformed: it does not parse.
  result<std::size_t> events = fault{};
  std::vector<hash_algorithm> banks; ///< whose digests it has
};
line judge_boot_log(const boot_log_facts& seen);

/// IMA's list and policy.
struct ima_facts {
  std::string path; ///< of the list, printable
  std::string user;
  /// The entries that were read from its front, or why there is none: as for the boot log.
  result<std::size_t> entries = fault{};
  std::string template_name; ///< of the second entry: "ima-ng"; printable; empty: there is none
  std::string file_hash;     ///< algorithm of that entry's file digest: "sha256", printable; empty: not said
  std::optional<bool> known_hash; ///< whether the service knows it
  std::string named_policy;       ///< ima_policy= of the kernel's command line: "tcb"; empty: none
  /// Rules of the policy in force. not_found: the kernel does not show it (CONFIG_IMA_READ_POLICY); denied.
  result<std::size_t> rules = fault{};
  std::string file; ///< "/etc/ima/ima-policy" if it is there; empty: it is not
};
/// The list, then the policy.
lines judge_ima(const ima_facts& seen);

} // namespace muster::checkup
