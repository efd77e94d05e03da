// A few entries on top of a set: what an operator found good, and nothing else of its machine. Pure.
#pragma once

#include "appraisal/extraction/teachable.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "appraisal/verdict/carry_over.hpp"

#include <span>

namespace muster::appraisal {

/// What is put on top of a set. Nothing of a set is taken away, except that a boot value or a list of events
/// can have only one content.
struct amendment {
  file_claims files; ///< files, each of which becomes known
  /// Bit i: where the machine's PCR i differs, its value and events take the place of the set's.
  std::uint32_t pcrs = 0;
};

/// The entries that answer the findings with these numbers, counted from 1 in `open.findings`, which is what
/// is on record of the machine. What a set cannot answer is refused, never left out in silence:
///   - a file (ima.unknown-file, ima.changed-file, ima.other-content, ima.other-hash): its content, under the
///     path as the log spells it
///   - PCR 1, 5 and 6 (boot.configuration): the value
///   - any other difference of the boot: all of it, or nothing. The findings about it must all be named,
///     because parts of two boots are a boot that no machine had
/// fault malformed: no number; not_found: no finding has that number; denied: no entry of a set answers the
/// finding, the machine may not teach that file (`teachable::files`), or a part of the boot is not named;
/// limit: the findings are too many to be listed, and a part of the boot may be among the others.
result<amendment> answers_to(const teachable& machine, const kept_findings& open,
                             std::span<const std::uint32_t> numbers);

/// The entry for one file that an operator names: the digest as findings write it ("sha256:...", or
/// "verity:sha256:..." for a digest of fs-verity), and the path of the file. fault malformed: names the
/// field. fault denied: SHA-1, though `base` has files by a stronger algorithm (the rule of `teachable::files`).
result<amendment> entry_for(std::string_view digest, std::string_view path, const reference_set& base);

/// The content of `base` with the amendment. `machine` is the one that `by` was made of; null if it was made
/// by `entry_for`. `word` says in the origin whose entries these are:
/// "from node web-1", "by hand". What `base` leaves out of the boot stays
/// left out. fault conflict: `base` has all of it; denied: as `extract`, or the machine has nothing to put in
/// the place of a PCR that the set compares; limit: too many files.
result<reference_content> amended(const reference_set& base, const amendment& by, const teachable* machine,
                                  std::string_view word);

/// For a set that is named by its digest alone. An amended set is meant to add to the set that it was made for.
/// fault conflict: `set` was amended (its origin says so), and `in_force` has a file that it has not, or another
/// boot. Then it would take back what came into force since it was made.
status check_takes_nothing_back(const reference_set& in_force, const reference_set& set);

} // namespace muster::appraisal
