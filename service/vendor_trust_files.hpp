// The vendors and lists of denials in force: read from the folders that the configuration names.
#pragma once

#include "actors/runtime/log.hpp"
#include "messages/vocabulary/result.hpp"
#include "settings/service_settings.hpp"
#include "standing/vouching.hpp"

namespace muster::service {

/// Logs refused files, overdue CRLs, and how many entries deny something. fault: a folder or the denials
/// cannot be read.
result<vendor_trust_ptr> load_vendor_trust(const settings::service_settings& in, wall_time now,
                                           const runtime::log& log);

/// As `load_vendor_trust`. fault not_found: the folders lost what `before` has (`loss_between`): their vendors would
/// vouch for no machine and deny none. Nothing is logged then: what is refused does not come into force.
result<vendor_trust_ptr> reload_vendor_trust(const settings::service_settings& in, const vendor_trust& before,
                                             wall_time now, const runtime::log& log);

} // namespace muster::service
