// What the agent keeps, as this user sees it. Reads only: takes no lock and makes no file. Adapter.
#pragma once

#include "checkup/path_lines.hpp"
#include "checkup/probe/service.hpp"
#include "checkup/program_lines.hpp"
#include "crypto/trust_list.hpp"

namespace muster::node {

struct state_look {
  checkup::state_facts folder;
  checkup::space_facts space;
  checkup::identity_facts identity;
  checkup::kept_head_facts head;
  /// The trust list in force; null without one. `trust_problem`: why it cannot be used; empty: it can.
  std::optional<crypto::trust_list> trust;
  std::string trust_problem;
};
state_look look_at_state(const std::string& folder);

/// The anchors of the configuration, or of the trust list that replaced them.
struct anchor_look {
  checkup::anchor_facts facts;
  checkup::probe_trust trust; ///< no anchors: none can be used
};
anchor_look look_at_anchor(const std::string& path, const state_look& state);

/// The file of the join token.
checkup::join_token_facts look_at_join_token(const std::string& path, const state_look& state);

} // namespace muster::node
