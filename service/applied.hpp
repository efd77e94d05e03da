// Converts what the operator wrote into what each subsystem works with. Pure.
#pragma once

#include "net/pipe_broker.hpp"
#include "records/context.hpp"
#include "service/client_api/session.hpp"
#include "service/config/load_configuration.hpp"
#include "service/references/references.hpp"
#include "service/trust_mgr/trust_mgr.hpp"

namespace muster::service {

/// The policies of the folder, by group. The base policy is `default` if the folder has one, else the
/// configuration's `policy` section.
policies_in_force policies_of(const configuration& in);
session_settings session_settings_of(const settings::service_settings& in);
/// Bytes for all evidence in flight: the operator's limit, else a quarter of this machine's memory.
std::uint64_t evidence_memory_of(const settings::service_settings& in);
trust_rules trust_rules_of(const settings::service_settings& in);
reference_rules reference_rules_of(const settings::service_settings& in);
/// A tenth of all sessions in total, and a quarter of those for one address.
stranger_limits stranger_limits_of(const settings::service_settings& in);
net::pipe_limits pipe_limits_of(const settings::service_settings& in);
runtime::log_level log_level_of(settings::log_level in);

} // namespace muster::service
