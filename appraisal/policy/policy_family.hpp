// From policy files that name their parents to complete policies.
#pragma once

#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/result.hpp"
#include "settings/policy_document.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>

namespace muster::appraisal {

/// Returns the content of a file that a policy names. The argument is the name as the policy writes it.
using key_reader = std::function<result<bytes>(std::string_view)>;

/// What the reader of policy files needs to know: which checks may be weighed, what a pattern is, what a key
/// is. Without `read_key`, naming a key is a mistake.
settings::policy_grammar policy_grammar(key_reader read_key = {});

struct named_document {
  std::string name; ///< by which children name it as their parent
  settings::policy_document document;
};

/// The most generations of one policy, itself included.
inline constexpr std::size_t max_generations = 8;

/// Applies every document over its parent, that one over its own, and the last over `policy{}`. A document
/// inherits what it does not set. A list replaces the parent's whole list, except that denials are added: no
/// child can take one back. A fault has a line for each document that names a missing parent, descends from
/// itself, or has more than `max_generations`; each line begins with file and line number.
result<std::map<std::string, policy>> resolve_policies(std::span<const named_document> documents);

} // namespace muster::appraisal
