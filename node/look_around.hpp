// What `raagent --check-config` looks for besides what a start cannot do without. Adapter.
#pragma once

#include "settings/node_settings.hpp"

#include <string>
#include <vector>

namespace muster::node {

/// A line for each file or folder that the settings name: what the kernel writes there, or a warning with what to do if
/// it is not there or may not be read by whoever asks. None of these stops a start: the kernel may still make them, and
/// a machine without them is judged by its policy.
std::vector<std::string> look_around(const settings::node_settings& settings);

} // namespace muster::node
