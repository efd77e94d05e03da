// What an entry of an IMA log can be: by its bytes, never by the name of its template.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/files/measured_buffer.hpp"
#include "tpm/evidence/boot_aggregate.hpp"

#include <optional>

namespace muster::appraisal {

/// Every way in which the bytes of an entry can be read. No digest covers the template's name, so it chooses
/// none of them: all are judged, and the worst counts (docs/checks.md P3).
struct entry_readings {
  /// A file, the boot_aggregate, or a violation, which is nothing else.
  std::optional<file_kind> measured;
  /// A buffer: the one field behind digest and name hashes to the digest. Views into the entry.
  std::optional<buffer_claim> buffer;
};

/// Where an entry is among those of PCR 10, whose order its value covers. Of any other PCR it has no place.
enum class entry_place : std::uint8_t { nowhere = 0, first = 1, later = 2 };

/// Goes along a list from its entry `first` on.
class place_finder {
public:
  explicit place_finder(std::uint64_t first) noexcept : begun_{first != 0} {}
  entry_place next(const tpm::ima_entry& entry) noexcept;

private:
  bool begun_;
};

/// One that calls itself boot_aggregate is one in the first place, or in a later one, behind a kexec that
/// carried the list, with the value that the quoted PCRs give; any other is a file by that name.
///   digest, name            a file
///   digest, name, X         a buffer if X hashes to the digest, and a file unless X cannot be what a kernel
///                           copies from a file: security.ima of type 3 or 6, or security.evm of type 5
///                           (ima_eventsig_init), so X begins with that byte or is empty
///   digest, name, more      a file
/// Where the log calls X a buffer and it is not, it is a file and "something that is no file" (`other`): a
/// name may make it worse.
entry_readings readings_of(const tpm::ima_entry& entry, entry_place place, tpm::genuine_aggregates& genuine);

/// Of an entry that no quote covers. One that calls itself boot_aggregate is one in the first place only:
/// there is nothing to compare it with, and anything can bear that name.
entry_readings told_readings_of(const tpm::ima_entry& entry, entry_place place);

} // namespace muster::appraisal
