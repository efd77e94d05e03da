// The commands about reference sets that ask the service. Their form is that of cli/nodes/node_commands.hpp.
#pragma once

#include "cli/client/surroundings.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <string>
#include <vector>

namespace muster::cli {

/// muster reference accept GROUP (--from NODE | --set DIGEST) [--force]
struct accept_options {
  std::string group;
  std::string from;
  std::string set;
  bool force = false; ///< overrides the guard
};
int reference_accept(const surroundings& around, const accept_options& options);

/// muster reference amend GROUP (--from NODE --finding N... --listed LIST | --file DIGEST --path PATH)
/// [--set DIGEST [--force] | --campaign]. Without the last two it only shows the set that would result.
struct amend_options {
  std::string group;
  std::string from;
  std::vector<std::string> findings; ///< see `finding_numbers`
  std::string listed;                ///< as `muster node show` gives it
  std::string file;                  ///< "sha256:..."
  std::string path;
  std::string set; ///< the set that was shown
  bool campaign = false;
  bool force = false; ///< overrides the guard
};
int reference_amend(const surroundings& around, const amend_options& options);

/// muster reference import FILE: the record of a set, and its digest. Puts the set on record; nothing comes
/// into force.
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

} // namespace muster::cli
