// Entries of an IMA log that nothing proves: as far as they can be read.
#pragma once

#include "tpm/evidence/ima_runs.hpp"
#include "tpm/format/ima_log.hpp"

#include <span>

namespace muster::appraisal {

/// Goes through runs of bytes that were cut anywhere. Linear in their size: each is copied once. The runs
/// must outlive it.
class told_entries {
public:
  explicit told_entries(std::span<const tpm::ima_run> runs) noexcept : runs_{runs} {}
  /// Null behind the last entry, and at the first that cannot be read. What it points to, and its views, are
  /// others after the next call.
  const tpm::ima_entry* next();

private:
  std::span<const tpm::ima_run> runs_; // that are not read yet
  bytes joined_;                       // the newest run, behind what the one before left of an entry
  std::size_t read_ = 0;               // of `joined_`
  tpm::ima_log_reader reader_;
  tpm::ima_entry entry_;
};

} // namespace muster::appraisal
