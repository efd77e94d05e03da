// What `ras --check-config` says beyond the grammar: whether what the configuration names is there.
#pragma once

#include "service/config/load_configuration.hpp"

namespace muster::service {

/// Reads what a start would read: the folders of vendors' certificates, the group of the socket. Gives what
/// was found, in lines for people: how many policies, certificates and denials, each file that is no
/// certificate, and each folder that a start would miss and systemd may still make. fault: the service would
/// not start, and why.
result<std::vector<std::string>> check_named_files(const configuration& in);

} // namespace muster::service
