// What the kernel shows of its measurements to this user. Adapter.
#pragma once

#include "checkup/kernel_lines.hpp"
#include "settings/node_settings.hpp"

namespace muster::node {

checkup::boot_log_facts look_at_boot_log(const settings::platform_files& files);

/// Reads the front of the list only.
checkup::ima_facts look_at_ima(const settings::platform_files& files);

} // namespace muster::node
