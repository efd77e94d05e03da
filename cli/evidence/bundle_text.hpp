// The report of `muster appraise --bundle`, for people and for programs.
#pragma once

#include "appraisal/bundle/bundle_verification.hpp"
#include "appraisal/bundle/bundle_vouching.hpp"
#include "cli/files/output.hpp"

namespace muster::cli {

struct bundle_report {
  const appraisal::verified_bundle& bundle;
  std::optional<appraisal::conclusion> what_if; ///< under other rules, if they were given
  std::optional<bytes32> policy;                ///< digest of the given policy
  std::optional<bytes32> reference;             ///< digest of the given set
  bytes ak_name;                                ///< nameAlg || H(TPMT_PUBLIC)
  std::optional<appraisal::vouched_ak> vouched; ///< empty: no anchor vouches for that key
  std::optional<appraisal::proven_time> time;
  std::string no_time; ///< why `time` is empty
};

void print_bundle(const bundle_report& report, output_format format, std::ostream& out);

} // namespace muster::cli
