// The folder of policies.
#pragma once

#include "appraisal/policy/policy_family.hpp"
#include "messages/vocabulary/result.hpp"

#include <map>
#include <string>

namespace muster::service {

inline constexpr std::size_t max_policies = 256;

/// Reads the keys that a policy in `file` names. A relative name begins at the folder of `file`.
appraisal::key_reader keys_beside(const std::string& file);

/// Every file NAME.yaml of the folder, resolved with its parents, by NAME. Other files and folders are
/// ignored. An empty `folder` gives no policies. fault io, limit; malformed with a line for each mistake,
/// "file:line: key: sentence".
result<std::map<std::string, appraisal::policy>> load_policies(const std::string& folder);

} // namespace muster::service
