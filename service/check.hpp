// What `ras --check-config` checks beyond the grammar: whether the files and folders that the configuration
// names are there.
#pragma once

#include "service/config/load_configuration.hpp"

namespace muster::service {

/// Reads what a start would read: the folders of vendor certificates, and the group of the socket. Returns
/// lines for people: how many policies, certificates and denials there are, each file that is not a
/// certificate, and each folder that a start needs and systemd may still make. fault: the service would not
/// start, and why.
result<std::vector<std::string>> check_named_files(const configuration& in);

} // namespace muster::service
