// The file with the join token of a machine that was not admitted yet. Adapter.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <string_view>

namespace muster::node {

/// The join token in a file of 64 hex digits and at most one line feed. Empty if `path` is empty. fault
/// not_found: there is no such file; denied: it is not ours or root's, or other users may use it; malformed:
/// anything else is in it. No fault repeats what is in the file.
result<bytes> load_join_token(const std::string& path);

/// For the log of a machine that was admitted and still has one.
inline constexpr std::string_view join_token_is_left =
    "this machine is admitted, and its join token is still here: remove the file, and join_token_file from "
    "the "
    "configuration";

} // namespace muster::node
