// Which findings hold from one attestation to the next (docs/protocol.md 5).
#pragma once

#include "messages/vocabulary/finding.hpp"

#include <cstdint>
#include <vector>

namespace muster::appraisal {

/// What brought the new findings.
enum class occasion : std::uint8_t {
  increment,  ///< verified, from where the last one ended
  full_log,   ///< verified completely, from entry 0, in the boot that is on record
  new_boot,   ///< verified completely, from entry 0, and resetCount rose
  failed,     ///< the evidence did not verify
  reappraisal ///< recorded claims of the whole boot, under another set or policy
};

/// The findings of a record: at most `max_kept`, and how many there were.
struct kept_findings {
  static constexpr std::size_t max_kept = 256;
  /// Room that findings which cannot be computed again (evidence, event, identity) have before any other.
  static constexpr std::size_t max_lasting = 64;
  /// Of that, what findings of kind evidence have before those of kind event, and no more while there are
  /// events.
  static constexpr std::size_t room_for_evidence = 16;
  /// Bytes of each text of a finding.
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
/// The same (check, subject, found) is kept once, as its newest. Over the cap the lesser severity goes first,
/// so that the worst finding is always among the kept ones and the verdict can be computed from them.
/// A text over `max_text` is cut: its beginning, "...", and digits of the digest of all of it, so that
/// findings that differ behind the cut stay different ones. `unlisted`: new findings of kind claim that the
/// caller counted but does not list.
kept_findings carry_over(const kept_findings& old, std::vector<finding> fresh, occasion what,
                         std::uint64_t unlisted = 0);

} // namespace muster::appraisal
