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

/// What only `--check-config` looks at, because it need not stop a start: whether the address of the agents can be
/// bound now, and whether owners and permissions of the state, of its keys and of the folders that a start writes to
/// allow a start. A line for each, most of them warnings with a remedy.
std::vector<std::string> check_surroundings(const configuration& in);

} // namespace muster::service
