// From what the operator wrote to what each subsystem works with. Pure.
#pragma once

#include "appraisal/policy.hpp"
#include "net/pipe_broker.hpp"
#include "service/client_api/session.hpp"
#include "service/trust_mgr/trust_mgr.hpp"
#include "settings/service_settings.hpp"

namespace muster::service {

appraisal::policy policy_of(const settings::service_settings& in);
session_settings session_settings_of(const settings::service_settings& in);
trust_rules trust_rules_of(const settings::service_settings& in);
net::pipe_limits pipe_limits_of(const settings::service_settings& in);
runtime::log_level log_level_of(settings::log_level in);

} // namespace muster::service
