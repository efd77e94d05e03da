// Extraction rules as a record: how campaigns keep them.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"
#include "messages/build.hpp"
#include "schemas/records.capnp.h"

namespace muster::appraisal {

class field_check;

/// Canonical: rules that learn alike because they say the same, in whatever order, are equal bytes.
record<records::ExtractionRules> to_record(const extraction_rules& rules);

/// SHA-256 over the canonical record: the name of these rules.
bytes32 digest_of(const extraction_rules& rules);

/// fault malformed: a field that this version does not know, or rules with a defect.
result<extraction_rules> extraction_rules_from(const view<records::ExtractionRules>& stored);

/// Event rules within other records. `rules` in the order that `sorted` gives.
void put_event_rules(capnp::List<records::EventRule>::Builder out, const std::vector<event_rule>& rules);
std::vector<event_rule> read_event_rules(capnp::List<records::EventRule>::Reader in, field_check& check);

} // namespace muster::appraisal
