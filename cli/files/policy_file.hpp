// A policy from a file that a user names.
#pragma once

#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>

namespace muster::cli {

/// Reads the file and the ancestors that it names from the same folder (`parent: base` is base.yaml), and
/// resolves them. The fault has one line for each problem, most of them "file:line: key: sentence".
result<appraisal::policy> load_policy(const std::string& file);

} // namespace muster::cli
