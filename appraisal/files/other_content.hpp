// A program that was replaced by another known one: each of its contents is good, and not where it is.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// Judges files whose content the reference knows, by their path. Content decides what is good, and a path
/// is weak evidence (docs/checks.md 23), so this only makes a verdict worse, where honest machines do not
/// meet it:
///   - the set has exactly one content for that path, in that algorithm, and another one was measured
///   - the path is one of programs
///   - both contents come from one source: packages of one kind, or a set without packages. An image has
///     paths of its own: a set without packages that has one, or machines with containers, is not looked at
///   - it is not a copy of the same name, as an initial RAM disk holds
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
