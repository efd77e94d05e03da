// What is on the service's disk when it starts: CA, database, vendor certificates.
#pragma once

#include "actors/runtime/log.hpp"
#include "messages/vocabulary/result.hpp"
#include "service/core.hpp"
#include "settings/service_settings.hpp"

namespace muster::service {

/// Makes what a first start needs. If a rotation of the trust list was cut off, puts its list in force or
/// drops it. fault: something is not available, with the file and the remedy. A lost record is not replaced
/// by an empty one without the operator's word.
result<core_ports> open_state(const settings::service_settings& in, const runtime::log& log);

} // namespace muster::service
