// Extraction rules as an operator writes them: YAML, read as a whole or refused as a whole.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"

namespace muster::appraisal {

/// The version of the format, which every file states.
inline constexpr std::uint64_t extraction_rules_format = 1;

/// `file` is the name that faults begin with; `text` its content (see docs/reference-values.md). What it does
/// not say has its default. The fault has a line for each problem: "file:line: key.path: sentence".
result<extraction_rules> parse_extraction_rules(std::string_view file, std::string_view text);

} // namespace muster::appraisal
