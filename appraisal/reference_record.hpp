// A reference set as a record: how the service stores it, and the file that `muster` reads and writes.
#pragma once

#include "appraisal/reference_set.hpp"
#include "messages/build.hpp"
#include "schemas/records.capnp.h"

namespace muster::appraisal {

/// Canonical: equal sets are equal bytes, and SHA-256 over them is the digest that names the set.
record<records::ReferenceSet> to_record(const reference_content& set);

/// fault malformed: a field that this version does not know. Caller: `reference_set::make` says whether it is
/// a set at all.
result<reference_content> reference_content_from(const view<records::ReferenceSet>& stored);

} // namespace muster::appraisal
