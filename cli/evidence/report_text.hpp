// The report of `muster appraise`, for people and for programs.
#pragma once

#include "cli/evidence/offline_evidence.hpp"
#include "cli/files/output.hpp"

namespace muster::cli {

/// The rules that the evidence was judged by, and the verdict.
struct judgement {
  muster::verdict verdict = verdict::none;
  bytes32 policy{};                 ///< digest
  std::optional<bytes32> reference; ///< digest
};

/// `judged` is null if no verdict was asked for.
void print_report(const offline_report& report, const judgement* judged, output_format format,
                  std::ostream& out);

} // namespace muster::cli
