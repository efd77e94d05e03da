// A policy as a record, and what names it: the digest of its canonical bytes.
#pragma once

#include "appraisal/policy/policy.hpp"
#include "messages/build.hpp"
#include "schemas/records.capnp.h"

namespace muster::appraisal {

/// Canonical: policies that judge alike are equal bytes, in whatever order they were written down.
record<records::Policy> to_record(const policy& p);

/// SHA-256 over `to_record`: results carry it.
bytes32 digest_of(const policy& p);

/// fault malformed: a field that this version does not know, a pattern that does not compile, or `defect_of`.
/// A check that the record does not name has its usual weight.
result<policy> policy_from(const view<records::Policy>& stored);

} // namespace muster::appraisal
