// The commands about join tokens (docs/protocol.md 2). Their form is that of cli/nodes/node_commands.hpp.
#pragma once

#include "cli/client/surroundings.hpp"

#include <cstdint>
#include <string>

namespace muster::cli {

/// muster join-token create --group G
struct join_token_options {
  std::string group;
  std::uint32_t uses = 1;
  std::string expires = "24h";
  std::string label;
};
/// Writes the token, and nothing else, to `around.out`: it is shown only this once. In JSON, the whole answer.
int join_token_create(const surroundings& around, const join_token_options& options);

/// muster join-token list
int join_token_list(const surroundings& around);

/// muster join-token revoke ID
int join_token_revoke(const surroundings& around, const std::string& id);

} // namespace muster::cli
