// The laws that a fleet of one kind of machine is judged by: a policy, and how its reference is learnt.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"
#include "tests/liar/judge.hpp"

#include <span>

namespace muster::liar {

struct law {
  const char* name;
  /// YAML. $LOADER, $INITRD and $PROGRAM stand for digests of the good machine.
  const char* policy;
  std::uint32_t pcrs = 0;  ///< PCRs that the reference learns; 0: all
  bool sha1_files = false; ///< the reference also has SHA-1 digests of its files, as a package list would
};

std::span<const law> laws();
/// The policy file for machines like `good`.
std::string policy_text(const law& which, const machine& good);
/// The key file that policies name, in the same folder. The key signed none of the machines' files.
inline constexpr std::string_view key_name = "release.pem";
bytes key_content();
/// The index of that name in `laws`.
std::size_t law_named(std::string_view name);

/// The reference learnt from `good`, which is good by definition. `without`: a context without a set.
std::shared_ptr<const appraisal::reference_set>
reference_of(const law& which, const machine& good, const service::context_ptr& without,
             const std::shared_ptr<const testing::soft_tpm>& key);
/// The extraction rules of the law.
appraisal::extraction_rules rules_of(const law& which);
/// The context for machines like `good` under `which`, with a reference learnt from `good` itself.
service::context_ptr context_of(const law& which, const machine& good,
                                const std::shared_ptr<const testing::soft_tpm>& key);
/// The same set and policy under a later version, as after a change elsewhere.
service::context_ptr later(const service::context_ptr& context);
/// `context` with another reference.
service::context_ptr with_reference(const service::context_ptr& context,
                                    std::shared_ptr<const appraisal::reference_set> reference);

} // namespace muster::liar
