// A policy as a record, and its name: the digest of its canonical bytes.
#pragma once

#include "appraisal/policy/policy.hpp"
#include "messages/build.hpp"
#include "schemas/records.capnp.h"

namespace muster::appraisal {

/// Canonical: policies that judge alike become equal bytes, in whatever order their lists were written.
record<records::Policy> to_record(const policy& p);

/// SHA-256 over `to_record`. Attestation results carry it.
bytes32 digest_of(const policy& p);

/// fault malformed: a record of a newer version, an unknown value, a pattern that does not compile, or what
/// `defect_of` finds. A check that the record does not name has its usual weight.
result<policy> policy_from(const view<records::Policy>& stored);

} // namespace muster::appraisal
