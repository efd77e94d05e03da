// Which vendors and lists of denials are in force: what the configuration names, read from its folders.
#pragma once

#include "actors/runtime/log.hpp"
#include "messages/vocabulary/result.hpp"
#include "settings/service_settings.hpp"
#include "standing/vouching.hpp"

namespace muster::service {

/// Logs what was refused, what is overdue, and how many entries deny something. fault: a folder cannot be
/// read.
result<vendor_trust_ptr> load_vendor_trust(const settings::service_settings& in, wall_time now,
                                           const runtime::log& log);

/// A store that cannot be read, or lost what it had, would vouch for nobody and deny nobody: that of `before`
/// stays, and what the operator denies now holds with it. A machine that an entry is about gets a line of the
/// log of its own, `vouching.changed`.
result<vendor_trust_ptr> reload_vendor_trust(const settings::service_settings& in, const vendor_trust& before,
                                             wall_time now, const runtime::log& log);

} // namespace muster::service
