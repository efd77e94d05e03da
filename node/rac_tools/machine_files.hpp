// What the operating system says about the machine. Adapter.
#pragma once

#include "node/rac_tools/manifest.hpp"
#include "settings/node_settings.hpp"

namespace muster::node {

/// From the facts file, or else from uname, /etc/os-release and /sys/class/dmi/id. fault: in the facts file.
result<machine_texts> read_machine_texts(const settings::platform_files& files);

/// Fills in the part of a survey that comes from files.
void survey_files(const settings::platform_files& files, boot_survey& out);

/// The boot log, or an empty frame if the machine has none (docs/protocol.md 4). fault: it exists and cannot
/// be read.
result<frame> read_boot_log(const settings::platform_files& files);

} // namespace muster::node
