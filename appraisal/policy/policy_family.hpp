// From policy files that name their parents to policies that stand for themselves.
#pragma once

#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/result.hpp"
#include "settings/policy_document.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>

namespace muster::appraisal {

/// Gives the content of a file that a policy names, by its name as it stands there.
using key_reader = std::function<result<bytes>(std::string_view)>;

/// What the reader of policy files must know from here: which checks may be weighed, what a pattern is, what
/// a key is. Without `read_key`, naming a key is a mistake.
settings::policy_grammar policy_grammar(key_reader read_key = {});

struct named_document {
  std::string name; ///< what others call it when they name it as their parent
  settings::policy_document document;
};

/// Ancestors of one policy, itself included.
inline constexpr std::size_t max_generations = 8;

/// Every document over its parent, that over its own, and the last over `policy{}`. What a document does not
/// say is its parent's; lists are replaced as a whole, but for what is denied, which no child can take back.
/// A fault has a line for each document that names a parent which is not there, descends from itself, or has
/// more than `max_generations`; each begins with file and line.
result<std::map<std::string, policy>> resolve_policies(std::span<const named_document> documents);

} // namespace muster::appraisal
