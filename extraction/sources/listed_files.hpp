// Learns files by the digests that a signed list states: nothing is hashed here.
#pragma once

#include "extraction/sources/learning.hpp"

namespace muster::extraction {

/// Takes the digests of `files` whose algorithm the set is made for, unless the rules exclude the path. Entries
/// of one path follow each other. A file of which no digest is by such an algorithm is counted, with the
/// algorithms that it has: the list vouches for it, and the set does not know it. `owner` may be null.
/// fault limit.
status learn_listed(const appraisal::file_claims& files, const appraisal::package* owner, learning& into,
                    source_report& report);

} // namespace muster::extraction
