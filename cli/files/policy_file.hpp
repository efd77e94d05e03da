// A policy from the file that a person names.
#pragma once

#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>

namespace muster::cli {

/// Reads the file, and from the same folder the ancestors that it names (`parent: base` is base.yaml), and
/// resolves them. The fault has a line for each problem, most of them "file:line: key: sentence".
result<appraisal::policy> load_policy(const std::string& file);

} // namespace muster::cli
