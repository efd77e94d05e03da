// What the operating system says about the machine. Adapter.
#pragma once

#include "node/rac_tools/manifest.hpp"
#include "settings/node_settings.hpp"

namespace muster::node {

/// From the facts file, or from uname, /etc/os-release and /sys/class/dmi/id. fault: the facts file.
result<machine_texts> read_machine_texts(const settings::platform_files& files);

/// The part of a survey that files tell.
void survey_files(const settings::platform_files& files, boot_survey& out);

/// The boot log, or an empty frame if the machine has none (docs/protocol.md 4). fault: it is there and
/// cannot be read.
result<frame> read_boot_log(const settings::platform_files& files);

} // namespace muster::node
