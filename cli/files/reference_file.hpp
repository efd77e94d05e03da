// A reference set in a file: the canonical record, as the service stores it. `sha256sum FILE` is its digest.
#pragma once

#include "appraisal/reference/reference_set.hpp"
#include "cli/files/output_file.hpp"
#include "messages/vocabulary/result.hpp"

#include <memory>
#include <string>

namespace muster::cli {

struct named_reference {
  std::shared_ptr<const appraisal::reference_set> set;
  bytes32 digest{}; ///< SHA-256 of the file
};

/// fault not_found, io, limit; malformed, denied: not a reference set.
result<named_reference> load_reference(const std::string& file);

/// Writes the set and finishes the file. Returns its digest. fault: as for `output_file`, with the file's
/// name.
result<bytes32> store_reference(const appraisal::reference_content& set, output_file& to);

} // namespace muster::cli
