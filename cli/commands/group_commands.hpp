// The commands about groups: references, trials, incidents, campaigns. As commands.hpp.
#pragma once

#include "cli/commands/surroundings.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muster::cli::commands {

/// muster reference accept GROUP (--from NODE | --set DIGEST) [--force]
struct accept_options {
  std::string group;
  std::string from;
  std::string set;
  bool force = false; ///< although the guard says no
};
int reference_accept(const surroundings& around, const accept_options& options);

/// muster reference import FILE: the record of a set, and its digest. Puts it on record, and nothing into
/// force.
int reference_import(const surroundings& around, const bytes32& digest, std::string record);
/// muster reference export DIGEST FILE
int reference_export(const surroundings& around, const std::string& digest, const std::string& file);

/// muster reference try GROUP (--set DIGEST | --from NODE). Exit status: see `show_trial`.
struct try_reference_options {
  std::string group;
  std::string set;
  std::string from;
};
int reference_try(const surroundings& around, const try_reference_options& options);

/// muster policy try FILE --group GROUP: the canonical record of that policy. Exit status: see `show_trial`.
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

} // namespace muster::cli::commands
