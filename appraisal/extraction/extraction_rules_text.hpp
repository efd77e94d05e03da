// Extraction rules as an operator writes them: YAML, accepted or refused as a whole.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"

namespace muster::appraisal {

/// The version of the format, which every file states.
inline constexpr std::uint64_t extraction_rules_format = 1;

/// `file` is the name that faults begin with; `text` is its content (docs/reference-values.md). A key that is
/// missing keeps its default. The fault has one line for each problem: "file:line: key.path: sentence".
result<extraction_rules> parse_extraction_rules(std::string_view file, std::string_view text);

} // namespace muster::appraisal
