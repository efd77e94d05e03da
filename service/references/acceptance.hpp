// From a node's recorded state to the reference of a group. Pure.
#pragma once

#include "appraisal/reference_set.hpp"
#include "records/node_record.hpp"

namespace muster::service {

/// Whether this node's state may become a reference (docs/design.md 11: only verified claims of machines that
/// somebody vouches for, and that have nothing open which accepting would hide):
///   - enrolled, with an EK that its vendor or the inventory vouches for       fault denied
///   - a boot that was verified                                                 fault not_found
///   - no finding of kind evidence or event above a note                       fault denied
///   - no "boot.unexplained" above a note: nobody knows what would be learnt    fault denied
/// Other claim findings do not stand in the way: they are what the new reference is there to settle. The
/// caller shows them to the person who accepts.
status may_be_reference(const node_record& node, const node_state& state);

/// The set, from what is on record. `origin` is for people.
result<std::shared_ptr<const appraisal::reference_set>> make_reference(const appraisal::boot_claims& boot,
                                                                       const appraisal::file_claims& files,
                                                                       const node_record& node);

} // namespace muster::service
