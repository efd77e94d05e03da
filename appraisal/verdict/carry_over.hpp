// Which findings hold from one attestation to the next (docs/protocol.md 5).
#pragma once

#include "messages/vocabulary/finding.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace muster::appraisal {

/// What brought the new findings.
enum class occasion : std::uint8_t {
  increment,  ///< verified evidence that continues from where the last one ended
  full_log,   ///< verified whole logs, from entry 0, of the boot that is on record
  new_boot,   ///< verified whole logs, from entry 0, and resetCount rose
  failed,     ///< the evidence did not verify
  reappraisal ///< recorded claims of the whole boot, judged under another set or policy
};

/// The findings of a record: at most `max_kept`, and how many there were in total.
struct kept_findings {
  static constexpr std::size_t max_kept = 256;
  /// Places reserved for findings that cannot be computed again (evidence, event, identity).
  static constexpr std::size_t max_lasting = 64;
  /// Of `max_lasting`, the places reserved for findings of kind evidence. Events come first in the others:
  /// evidence gets more only where events leave room.
  static constexpr std::size_t room_for_evidence = 16;
  /// Most bytes in each text of a finding.
  static constexpr std::size_t max_text = 1024;

  std::vector<finding> findings;
  std::uint64_t total = 0;

  friend bool operator==(const kept_findings&, const kept_findings&) = default;
};

///              claim          evidence       event          identity
///   increment    kept + new     kept + new     kept + new     kept + new
///   full log     kept + new     new            kept + new     kept + new
///   new boot     new            new            new            kept + new
///   failed       kept           kept + new     kept + new     kept + new   (a failure adds no claims)
///   re-appraisal new            kept           kept           kept
///
/// Combines the recorded findings with new ones, by the table above. Of several findings with the same
/// (check, subject, found) the newest is kept. Over the cap the least severe go first, so the worst finding
/// is always kept and the verdict can be computed from what is kept.
///
/// A text over `max_text` is cut to its beginning, "...", and digits of the digest of the whole text, so that
/// findings that differ only after the cut stay distinct. `unlisted` is the number of new findings of kind
/// claim that the caller counted but does not list.
kept_findings carry_over(const kept_findings& old, std::vector<finding> fresh, occasion what,
                         std::uint64_t unlisted = 0);

/// A text as `carry_over` keeps it.
std::string kept_text(std::string text);

} // namespace muster::appraisal
