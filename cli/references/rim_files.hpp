// The manifests of `muster reference make`, and what their event logs say of the boot.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "cli/references/reference_make.hpp"
#include "extraction/rim/rim.hpp"

namespace muster::cli {

struct rim_file {
  std::string file;
  extraction::verified_rim rim;
};

/// Verifies each manifest of `--rim`. The fault names the option and the file.
result<std::vector<rim_file>> load_rims(const make_options& options);

/// What one file of `--support-rim` gave.
struct support_report {
  std::string file;
  std::string manifest;           ///< file of the manifest that names it
  std::string gave;               ///< "PCR 0, 2, 3"
  std::vector<std::string> notes; ///< for people; safe to print
};

/// Puts the boot values of each `--support-rim` into `boot`, in place of those that it has of the same PCR,
/// and says so in its origin. The PCRs that `rules` do not learn are left. fault conflict: two of them have
/// different values of a PCR; as `extraction::read_support_rim`. It names the option and the file.
result<std::vector<support_report>> take_support_rims(const make_options& options,
                                                      std::span<const rim_file> rims,
                                                      const appraisal::extraction_rules& rules,
                                                      appraisal::reference_content& boot);

} // namespace muster::cli
