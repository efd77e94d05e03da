// What an entry of an IMA log can be, judged by its bytes and never by the name of its template.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/files/measured_buffer.hpp"
#include "tpm/evidence/boot_aggregate.hpp"

#include <optional>

namespace muster::appraisal {

/// Every way in which the bytes of an entry can be read. No digest covers the template's name, so the name
/// selects none of them: all readings are judged, and the worst one counts (docs/checks.md P3).
struct entry_readings {
  /// A file, the boot_aggregate, or a violation. A violation has no other reading.
  std::optional<file_kind> measured;
  /// A buffer: the single field after digest and name hashes to the digest. Views into the entry.
  std::optional<buffer_claim> buffer;
};

/// The place of an entry among those of PCR 10, whose value covers their order. An entry of another PCR has
/// no place.
enum class entry_place : std::uint8_t { nowhere = 0, first = 1, later = 2 };

/// Gives the place of each entry of a list, starting at entry `first`. Call `next` once for each entry, in
/// order.
class place_finder {
public:
  explicit place_finder(std::uint64_t first) noexcept : begun_{first != 0} {}
  entry_place next(const tpm::ima_entry& entry) noexcept;

private:
  bool begun_;
};

/// The readings of an entry that a quote covers. An entry named boot_aggregate is one if it comes first. A
/// later entry, after a kexec that carried the list over, is one if it has the value that the quoted PCRs
/// give. Any other entry of that name is a file.
///   digest, name            a file
///   digest, name, X         a buffer if X hashes to the digest, and a file unless X cannot be what a kernel
///                           copies from a file: security.ima of type 3 or 6, or security.evm of type 5
///                           (ima_eventsig_init), so X begins with that byte or is empty
///   digest, name, more      a file
/// If the algorithm of the digest is not known, X can be anything: the entry is a file and, if X is not
/// empty, "something that is not a file" as well.
/// If the log calls X a buffer and it is not one, the entry is both a file and "something that is not a file"
/// (`other`): a name may only make things worse.
entry_readings readings_of(const tpm::ima_entry& entry, entry_place place, tpm::genuine_aggregates& genuine);

/// The readings of an entry that no quote covers. An entry named boot_aggregate is one only if it comes
/// first: there is no quoted value to compare it with, and any entry can have that name.
entry_readings told_readings_of(const tpm::ima_entry& entry, entry_place place);

} // namespace muster::appraisal
