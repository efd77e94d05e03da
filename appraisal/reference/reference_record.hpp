// A reference set as a record: how the service stores it, and the file that `muster` reads and writes.
#pragma once

#include "appraisal/reference/reference_set.hpp"
#include "messages/build.hpp"
#include "schemas/records.capnp.h"

namespace muster::appraisal {

/// Canonical: equal sets are equal bytes, and SHA-256 over them is the digest that names the set.
record<records::ReferenceSet> to_record(const reference_content& set);

/// fault malformed: a field that this version does not know. Caller: `reference_set::make` says whether it is
/// a set at all.
result<reference_content> reference_content_from(const view<records::ReferenceSet>& stored);

/// A set that somebody hands in, as a file or an import: everything about it is checked, and the digest that
/// names it is SHA-256 over `stored`. fault malformed: it is no such record, or not in its canonical form, so
/// that two digests would name one set; denied: it is empty; limit.
result<std::shared_ptr<const reference_set>> read_reference(frame stored, const view_limits& limits);

} // namespace muster::appraisal
