// Finds programs that were replaced by another known program: the content is good, but in the wrong place.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// Judges by its path a file whose content the reference knows. Content decides what is good, and a path is
/// weak evidence (docs/checks.md 23). So this judgement can only make a verdict worse, and only in cases that
/// honest machines do not produce. All of these must hold:
///   - the set has exactly one content for that path in that algorithm, and another one was measured
///   - the path is in a folder of programs
///   - both contents come from one source: packages of one kind, or a set without packages. An image has
///     paths of its own, so a set without packages is not examined if it has an image or containers
///   - it is not a copy with the same file name, such as an initial RAM disk holds
///   - no upgrade is staged, for then two sets say what a path holds
class other_content {
public:
  other_content(const reference_choice& reference, const policy& p);

  /// `known`: as the reference knows that content (`reference_choice::known_as`). Nearly always its path is
  /// the same, and nothing more is looked at.
  bool suspects(const file_claim& claim, const file_claim& known) const {
    return applies_ && known.path != claim.path && replaces(claim, known);
  }
  /// The finding about a file that it suspects.
  finding about(const file_claim& claim, const file_claim& known) const;

private:
  bool replaces(const file_claim& claim, const file_claim& known) const;

  const reference_set* set_ = nullptr;
  const policy& policy_;
  bool applies_ = false;
};

} // namespace muster::appraisal
