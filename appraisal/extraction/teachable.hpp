// What a machine may teach a group: only content that was judged good (docs/checks.md P5).
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/finding.hpp"
#include "messages/vocabulary/result.hpp"
#include "messages/vocabulary/standing.hpp"

#include <span>

namespace muster::appraisal {

/// A machine that an operator or an automatic campaign wants to learn from. What it points to must outlive
/// the call of `may_teach`.
struct teacher {
  std::string name; ///< for people: "node web-1"
  const boot_claims* boot = nullptr;
  const file_claims* files = nullptr;
  std::span<const finding> on_record; ///< all open findings; those of kind claim are judged again
  endorsement vouched = endorsement::none;
};

/// What a machine teaches: its boot, and the files that were judged as content. Only `may_teach` makes one.
/// Code that learns a set from a machine takes this type, so it cannot omit the judgement.
class teachable {
public:
  const boot_claims& boot() const noexcept { return boot_; }
  /// Files, each with a digest. Those that the policy excludes are not among them. SHA-1 digests are, but
  /// only if the machine measured no content by a stronger algorithm. In the order of the log, with repeats.
  const file_claims& files() const noexcept { return files_; }
  const std::string& name() const noexcept { return name_; }
  /// Whether the policy gives this PCR to IMA: its value then shows how long the list has become, not
  /// content.
  bool of_ima(unsigned pcr) const noexcept { return (ima_pcrs_ >> pcr & 1U) != 0; }

private:
  friend result<teachable> may_teach(const teacher& who, const policy& p);
  teachable(const teacher& who, file_claims files, std::uint32_t ima_pcrs)
      : boot_{*who.boot}, files_{std::move(files)}, name_{who.name}, ima_pcrs_{ima_pcrs} {}

  boot_claims boot_;
  file_claims files_;
  std::string name_;
  std::uint32_t ima_pcrs_;
};

/// The only place that decides whether a machine may teach: for acceptance, canaries, automation and the
/// offline command line. Judges under `p`, the policy in force, *without* a reference, since learning is
/// about content that no reference knows yet. These must hold, else fault denied:
///   - a vendor or the inventory vouches for the machine's TPM
///   - no finding of kind evidence or event is open, except notes
///   - nothing about its boot or files is a failure or a warning. One exception: a warning that the log
///     leaves a PCR out, or explains it with odd event types, does not count, because the set then has the
///     PCR's value. Where something that the policy forbids could hide in that PCR, the finding is a failure.
/// The fault names the machine, the finding in the way, and the remedy. fault limit: too many files. The
/// result holds no violations, no buffers, and no files that the policy excludes: they are not content.
result<teachable> may_teach(const teacher& who, const policy& p);

} // namespace muster::appraisal
