// Reads the files that the configuration names. Adapter.
#pragma once

#include "crypto/certificate.hpp"
#include "net/connect.hpp"
#include "settings/node_settings.hpp"

#include <optional>

namespace muster::node {

/// fault: one line for each problem, "file:line: key: sentence".
result<settings::node_settings> load_settings(const std::string& file);

/// The certificates in the anchor file, at least one.
result<std::vector<crypto::certificate>> load_anchors(const std::string& path);

/// How TCP addresses are dialled; none: without a proxy.
result<std::optional<net::proxy_route>> load_route(const settings::service_reference& service);

/// Checks that everything a start reads besides the settings exists: the anchor, the join token, the credentials for
/// the proxy and the TPM's address. Returns lines for people: the number of anchors, and a note if the TPM device does
/// not exist yet.
/// A fault begins with the configuration key.
result<std::vector<std::string>> check_named_files(const settings::node_settings& settings);

} // namespace muster::node
