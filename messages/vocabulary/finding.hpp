// The findings of an appraisal, in words that an operator can act on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace muster {

/// How long a finding holds (docs/protocol.md 5).
enum class finding_kind : std::uint8_t {
  claim = 0, ///< about what the machine measured: holds for the whole boot, recomputed when a set or policy
             ///< changes
  evidence = 1, ///< the evidence did not verify: ends only with a complete verified attestation from entry 0
  event = 2,    ///< something that happened (a device, kexec): holds until a new boot
  identity =
      3 ///< who the machine is, or who vouches for it: only a change of that record ends it, never evidence
};
constexpr finding_kind last_of(finding_kind) noexcept { return finding_kind::identity; }

/// How the finding weighs in the verdict. The worst finding decides the verdict.
enum class severity : std::uint8_t { note = 0, warning = 1, failure = 2 };
constexpr severity last_of(severity) noexcept { return severity::failure; }

/// "note", "warning", "failure"; any other value is a failure.
std::string_view to_string(severity level) noexcept;

/// All text is safe to print: code that makes a finding passes foreign text through `printable` first.
struct finding {
  finding_kind kind = finding_kind::evidence;
  severity level = severity::failure;
  std::string check;    ///< stable name of the check, for example "ima.unknown-file"
  std::string subject;  ///< PCR, boot event, path: "PCR 8, event 31", "/usr/bin/implant"
  std::string expected; ///< digest or text of the reference; may be empty
  std::string found;    ///< digest or text of this machine; may be empty
  std::string sentence; ///< one sentence for a tired operator
  std::string remedy;   ///< what to do: a command or an action

  friend bool operator==(const finding&, const finding&) = default;
};

} // namespace muster
