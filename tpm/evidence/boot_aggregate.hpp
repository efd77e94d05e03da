// The first line of an IMA log, which ties it to the boot before it.
#pragma once

#include "tpm/evidence/ima_verifier.hpp"

#include <vector>

namespace muster::tpm {

/// How entry 0 relates to the quoted boot PCRs (docs/checks.md 18). Zero is "nothing is known".
enum class aggregate_outcome : std::uint8_t {
  absent = 0,   ///< no entries, or entry 0 is something else
  bound = 1,    ///< recomputed from the quoted PCRs
  zero = 2,     ///< the TPM was not ready when IMA began: not bound to this boot
  differs = 3,  ///< of another boot, or forged
  unchecked = 4 ///< the PCRs that it covers were not quoted in its bank
};

/// Compares entry 0 with H(PCR0 || ... || PCR7) for SHA-1, PCR0 to PCR9 for every other hash (Linux 5.8 and
/// later). Caller: `entry0` has index 0 in a verified log.
aggregate_outcome compare_boot_aggregate(const ima_entry& entry0, const verified_pcrs& quoted);

/// The same for a verified log. `absent` unless it begins at entry 0.
aggregate_outcome compare_boot_aggregate(const verified_ima& log);

/// An entry behind the first by the name of boot_aggregate: a kexec carried the list over, or a file has that
/// name.
struct later_aggregate {
  std::uint64_t index = 0; ///< in the log
  ima_entry entry;         ///< views into the log
};

/// At most 64.
std::vector<later_aggregate> later_boot_aggregates(const verified_ima& log);

} // namespace muster::tpm
