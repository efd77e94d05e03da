// The report of `muster appraise`, for people and for programs.
#pragma once

#include "cli/offline/offline_evidence.hpp"
#include "cli/offline/output.hpp"

namespace muster::cli {

void print_report(const offline_report& report, output_format format, std::ostream& out);

} // namespace muster::cli
