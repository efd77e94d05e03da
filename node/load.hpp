// What the configuration names, read from the disk. Adapter.
#pragma once

#include "crypto/certificate.hpp"
#include "settings/node_settings.hpp"

namespace muster::node {

/// fault: a line for each problem, "file:line: key: sentence".
result<settings::node_settings> load_settings(const std::string& file);

/// The certificates in the anchor file, at least one.
result<std::vector<crypto::certificate>> load_anchors(const std::string& path);

/// 64 hex digits. Empty if `path` is empty.
result<bytes> load_token(const std::string& path);

/// Whether what a start reads beyond the settings is there: anchor, token and the address of the TPM. Gives
/// lines for people: how many anchors there are, and a device that is not there yet. A fault begins with the
/// key.
result<std::vector<std::string>> check_named_files(const settings::node_settings& settings);

} // namespace muster::node
