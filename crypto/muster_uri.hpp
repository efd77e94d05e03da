// The names in our own certificates, as URIs: "muster:<role>:<id>" and "muster:issuer:<role>".
#pragma once

#include "crypto/chain.hpp"

namespace muster::crypto {

struct muster_name {
  purpose role;
  std::string id;
};

/// Empty for anything but the exact URI of a client or an AK. The id of a node is 64 lower-case hex digits;
/// that of an AK is the same followed by '.' and a generation; any other is 1 to 64 letters, digits, '.',
/// '-', '_'.
std::optional<muster_name> muster_name_from(std::string_view uri);
bool is_muster_id(purpose role, std::string_view id) noexcept;

std::string uri_of(purpose role, std::string_view id);
std::string issuer_uri_of(purpose role);
/// The role in "muster:issuer:<role>".
std::optional<purpose> issuer_role_from(std::string_view uri) noexcept;

/// The extended key usage that certificates of this purpose carry.
std::string_view usage_of(purpose role) noexcept;

} // namespace muster::crypto
