// Entries of an IMA log that nothing proves, as far as they can be read.
#pragma once

#include "tpm/evidence/ima_runs.hpp"
#include "tpm/format/ima_log.hpp"

#include <span>

namespace muster::appraisal {

/// Reads entries from runs of bytes that were cut anywhere. Takes linear time: each byte is copied once. The
/// runs must outlive this object.
class reported_entries {
public:
  explicit reported_entries(std::span<const tpm::ima_run> runs) noexcept : runs_{runs} {}
  /// Returns null after the last entry, and at the first entry that cannot be read. The result and its views
  /// are valid until the next call.
  const tpm::ima_entry* next();

private:
  std::span<const tpm::ima_run> runs_; // not read yet
  bytes joined_;                       // the rest of an unfinished entry, then the run read last
  std::size_t read_ = 0;               // bytes of `joined_`
  tpm::ima_log_reader reader_;
  tpm::ima_entry entry_;
};

} // namespace muster::appraisal
