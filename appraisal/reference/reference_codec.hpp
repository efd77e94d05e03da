// A reference set as a record: the form that the service stores, and the file that `muster` reads and writes.
#pragma once

#include "appraisal/reference/reference_set.hpp"
#include "messages/build.hpp"
#include "schemas/records.capnp.h"

namespace muster::appraisal {

/// Canonical: equal sets become equal bytes, and SHA-256 over these bytes names the set.
record<records::ReferenceSet> to_record(const reference_content& set);

/// fault malformed: a record of a newer version or an unknown value. The caller must still pass the result to
/// `reference_set::make`, which decides whether it is a set at all.
result<reference_content> reference_content_from(const view<records::ReferenceSet>& stored);

/// Reads a set that comes from outside, as a file or an import. Everything about it is checked. SHA-256 over
/// `stored` names it. fault malformed: not such a record, or not in its canonical form, so that two digests
/// would name one set. fault denied: it is empty. fault limit.
result<std::shared_ptr<const reference_set>> read_reference(frame stored, const view_limits& limits);

} // namespace muster::appraisal
