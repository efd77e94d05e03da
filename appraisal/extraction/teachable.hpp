// What a machine may teach a group: content that was judged good, and nothing else (docs/checks.md P5).
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/finding.hpp"
#include "messages/vocabulary/result.hpp"
#include "messages/vocabulary/standing.hpp"

#include <span>

namespace muster::appraisal {

/// A machine that somebody wants to learn from. What it points to outlives the call of `may_teach`.
struct teacher {
  std::string name; ///< for people: "node web-1"
  const boot_claims* boot = nullptr;
  const file_claims* files = nullptr;
  std::span<const finding> on_record; ///< all that are open; those of kind claim are judged again
  endorsement vouched = endorsement::none;
};

/// What a machine teaches: its boot, and the files that were judged as content. Only `may_teach` makes one,
/// and whatever makes a set of a machine takes this type: that somebody asks first is no matter of care.
class teachable {
public:
  const boot_claims& boot() const noexcept { return boot_; }
  /// Of kind `file`, each with a digest, none that the policy excludes, and by SHA-1 only if all are; in the
  /// order of the log, with repeats.
  const file_claims& files() const noexcept { return files_; }
  const std::string& name() const noexcept { return name_; }
  /// Whether the policy gives this PCR to IMA: its value is how far a list has come, and no content.
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

/// The one judge of who may teach, for acceptance, canaries, automation and the offline command line. Under
/// `p`, the policy in force, and *without* a reference, for what a reference does not know is what is learnt:
///   - a vendor or the inventory vouches for its TPM                             fault denied
///   - no finding of kind evidence or event is open, a note apart                fault denied
///   - nothing about its boot or files is a failure or a warning                 fault denied
///     A warning about a PCR that its log leaves out, or explains by odd types, stops nobody: the set has the
///     value then. It is a failure where something that the policy forbids could hide behind it.
/// A fault names the machine, the finding in the way, and what ends it. What the policy excludes, violations
/// and buffers are nobody's content: they are not in what comes back.
result<teachable> may_teach(const teacher& who, const policy& p);

} // namespace muster::appraisal
