// What `ras --check-config` says beyond the grammar: whether what the configuration names is there.
#pragma once

#include "service/config/load_configuration.hpp"

namespace muster::service {

/// Reads what a start would read: the folders of vendors' certificates. Gives what was found, in lines for
/// people: how many policies and certificates, and each file that is none. fault: the service would not
/// start, and why.
result<std::vector<std::string>> check_named_files(const configuration& in);

} // namespace muster::service
