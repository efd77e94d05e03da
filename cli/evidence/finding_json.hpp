// Findings in the JSON of the commands that read evidence.
#pragma once

#include "cli/files/json_text.hpp"
#include "messages/vocabulary/finding.hpp"

#include <vector>

namespace muster::cli {

/// Adds the member `name`: an array with an object for each finding.
void add_findings(json_text& json, std::string_view name, const std::vector<finding>& findings);

} // namespace muster::cli
