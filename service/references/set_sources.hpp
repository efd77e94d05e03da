// Where a set that people want in force comes from: the state of a machine, a set on record, or the set in
// force with a few entries on top. Reads the store through its port.
#pragma once

#include "actors/service/references.hpp"
#include "records/record_codec.hpp"
#include "service/references/contexts.hpp"

namespace muster::service {

struct source_of_set {
  named_set set;
  record<records::ReferenceSet> stored;
  std::string name; ///< for people: "web-1", "a set on record"
};

/// The set that a node's state would make for that group, judged by the group's policy. Faults: those of
/// `may_teach` and `appraisal::extract`.
result<source_of_set> set_of_node(const store_reader& store, const node_id& from, const std::string& group,
                                  const appraisal::policy& p);

/// The set with this digest. fault not_found.
result<source_of_set> set_on_record(const store_reader& store, const bytes32& digest);

/// The same, for a person who makes it the set of a group. fault conflict: `check_takes_nothing_back`.
result<source_of_set> set_to_choose(const store_reader& store, const bytes32& digest,
                                    const appraisal_context& context);

/// The group's set in force with what the request names on top. `context` is the group's. `name` says what
/// was added, and to which set. Changes nothing. Faults: see `references_actor`.
result<source_of_set> amended_set(const store_reader& store, const amend_request& wanted,
                                  const appraisal_context& context);

} // namespace muster::service
