// What is on the service's disk when it starts: CA, database, vendors.
#pragma once

#include "actors/runtime/log.hpp"
#include "messages/vocabulary/result.hpp"
#include "service/core.hpp"
#include "settings/service_settings.hpp"

namespace muster::service {

/// Makes what a first start needs; brings into force, or drops, a trust list whose rotation was cut off.
/// fault: what cannot be had, with the file and the remedy. A record that is gone is not replaced by an empty
/// one without the operator's word.
result<core_ports> open_state(const settings::service_settings& in, const runtime::log& log);

} // namespace muster::service
