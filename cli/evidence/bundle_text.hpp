// The report of `muster appraise --bundle`, for people and for programs.
#pragma once

#include "appraisal/bundle/bundle_verification.hpp"
#include "appraisal/bundle/bundle_vouching.hpp"
#include "cli/files/output.hpp"

namespace muster::cli {

struct bundle_report {
  const appraisal::verified_bundle& bundle;
  std::optional<appraisal::conclusion> what_if; ///< under other rules, if some were given
  std::optional<bytes32> policy;                ///< digest of what was given
  std::optional<bytes32> reference;             ///< digest of what was given
  bytes ak_name;                                ///< nameAlg || H(TPMT_PUBLIC)
  std::optional<appraisal::vouched_ak> vouched; ///< empty: nobody vouches for that key
  std::optional<appraisal::proven_time> time;
  std::string no_time; ///< why there is none
};

void print_bundle(const bundle_report& report, output_format format, std::ostream& out);

} // namespace muster::cli
