// The commands about groups: policies, incidents, campaigns. Their form is that of
// cli/nodes/node_commands.hpp.
#pragma once

#include "cli/client/surroundings.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muster::cli {

/// muster policy try FILE --group GROUP; `record` is the policy's canonical record. Exit status: see
/// `show_trial`.
int policy_try(const surroundings& around, const std::string& group, byte_view record);

/// muster incidents [--group GROUP]
int incidents(const surroundings& around, const std::string& group);

/// muster groups
int groups(const surroundings& around);

/// muster campaigns
int campaigns(const surroundings& around);
/// muster campaign show GROUP
int campaign_show(const surroundings& around, const std::string& group);

/// muster campaign start GROUP
struct campaign_options {
  std::string group;
  std::vector<std::string> canaries;
  std::uint32_t quorum = 0;
  bytes rules; ///< canonical record of extraction rules; empty: the usual ones
  bool approval = false;
  std::uint64_t stage_seconds = 0;
  std::string automation;
};
int campaign_start(const surroundings& around, const campaign_options& options);

/// muster campaign propose|approve|stage|enforce|undo|end GROUP
struct campaign_step_options {
  std::string group;
  std::string set;
  bool force = false;
};
int campaign_step(const surroundings& around, std::string_view verb, const campaign_step_options& options);

} // namespace muster::cli
