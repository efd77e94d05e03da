// By what a fleet of one kind of machine is judged: its reference and a policy.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"
#include "tests/liar/judge.hpp"

#include <span>

namespace muster::liar {

struct law {
  const char* name;
  /// YAML. $LOADER, $INITRD and $PROGRAM stand for digests of the good machine.
  const char* policy;
  std::uint32_t pcrs = 0;  ///< that the reference learns; 0: all
  bool sha1_files = false; ///< its files are known by SHA-1 as well, as from a package list
};

std::span<const law> laws();
/// Its policy as a file: the one of machines like `good`.
std::string policy_text(const law& which, const machine& good);
/// The key that a policy names: `key_name` beside it. It signed none of the machines' files.
inline constexpr std::string_view key_name = "release.pem";
bytes key_content();
/// The place of that name in `laws`.
std::size_t law_named(std::string_view name);

/// What is learnt from `good`: it is good by definition. `without`: a context without a set.
std::shared_ptr<const appraisal::reference_set>
reference_of(const law& which, const machine& good, const service::context_ptr& without,
             const std::shared_ptr<const testing::soft_tpm>& key);
/// What the law lets a reference learn.
appraisal::extraction_rules rules_of(const law& which);
/// What machines like `good` are judged by under `which`, learnt from `good` itself.
service::context_ptr context_of(const law& which, const machine& good,
                                const std::shared_ptr<const testing::soft_tpm>& key);
/// The same set and policy as a later version: what a change of something else brings about.
service::context_ptr later(const service::context_ptr& context);
/// `context` with another reference.
service::context_ptr with_reference(const service::context_ptr& context,
                                    std::shared_ptr<const appraisal::reference_set> reference);

} // namespace muster::liar
