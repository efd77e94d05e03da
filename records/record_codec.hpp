// Converts records of the store to values and back (schemas/records.capnp).
// Reading: fault malformed names the field whose value has the wrong size or is not known to this version. An
// unknown enum value is never read as good news: it is a fault.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/reference/reference_record.hpp"
#include "messages/build.hpp"
#include "messages/view.hpp"
#include "records/campaign.hpp"
#include "records/command_record.hpp"
#include "records/node_record.hpp"
#include "schemas/records.capnp.h"

namespace muster::service {

record<records::Node> to_record(const node_record& node);
result<node_record> node_from(const node_id& id, const view<records::Node>& stored);

record<records::AkCertificate> to_record(const ak_certificate_record& in);
result<ak_certificate_record> ak_certificate_from(const view<records::AkCertificate>& stored);

record<records::State> to_record(const node_state& state);
/// The same with `result` in place of the state's own.
record<records::State> to_record(const node_state& state, sequence result);
result<node_state> state_from(const view<records::State>& stored);

record<records::Command> to_record(const command_record& command);
result<command_record> command_from(command_id id, const view<records::Command>& stored);

record<records::Campaign> to_record(const campaign& in);
result<campaign> campaign_from(campaign_number number, const view<records::Campaign>& stored);

record<records::BootClaims> to_record(const appraisal::boot_content& boot);
result<appraisal::boot_content> boot_from(const view<records::BootClaims>& stored);

using appraisal::reference_content_from;
using appraisal::to_record; // of a reference set or a policy

/// One entry of the audit log: what happened to `node` (zero: to none), and by whom.
record<records::AuditEntry> audit_entry(wall_time when, std::string actor, std::string action,
                                        const node_id& node, std::string text);

} // namespace muster::service
