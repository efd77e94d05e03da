// Extraction rules as a record, in the form that campaigns store.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"
#include "messages/build.hpp"
#include "schemas/records.capnp.h"

namespace muster::appraisal {

class field_check;

/// Canonical: rules that say the same, in whatever order, become equal bytes.
record<records::ExtractionRules> to_record(const extraction_rules& rules);

/// SHA-256 over the canonical record. It names these rules.
bytes32 digest_of(const extraction_rules& rules);

/// fault malformed: a record of a newer version, a pattern that does not compile, or what `defect_of` finds.
result<extraction_rules> extraction_rules_from(const view<records::ExtractionRules>& stored);

/// Event rules inside other records. `rules` must be in the order of `sorted`.
void put_event_rules(capnp::List<records::EventRule>::Builder out, const std::vector<event_rule>& rules);
std::vector<event_rule> read_event_rules(capnp::List<records::EventRule>::Reader in, field_check& check);

} // namespace muster::appraisal
