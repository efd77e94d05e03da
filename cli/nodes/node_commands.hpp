// The commands about machines. Each is one function in the file of its name: it asks the service, prints, and
// returns the exit status. `node_arguments` maps options to them, and tests call them directly.
#pragma once

#include "cli/client/surroundings.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace muster::cli {

/// muster nodes. Shows all pages of the list; with JSON, one rest::NodeList.
struct nodes_options {
  std::string group; ///< empty: all
  std::string shown; ///< trusted, untrusted, ...; empty: all
};
int nodes(const surroundings& around, const nodes_options& options);

/// muster node show NODE. Exit status: see `exit_status_of`.
int node_show(const surroundings& around, const std::string& node);

/// muster node attest NODE. Waits for the outcome, then shows the node. Exit status: see `exit_status_of`,
/// also for a revoked or pending machine, which cannot be asked; `exit_error` if the attestation did not take
/// place.
struct attest_options {
  std::string node;
  std::chrono::seconds timeout{60}; ///< 1 s to 10 min
};
int node_attest(const surroundings& around, const attest_options& options);

/// muster node renew NODE. Waits for the new certificate. `exit_error` if none came.
int node_renew(const surroundings& around, const std::string& node, std::chrono::seconds timeout);

/// muster node reconfigure NODE. The settings are on record at once and hold until they are set again. Waits
/// until the machine follows them; `exit_error` if that is not known in time.
struct reconfigure_options {
  std::string node;
  std::string beat;      ///< "20s", "default"; empty: unchanged
  std::string jitter;    ///< as `beat`
  std::string log_level; ///< "debug", "default"; empty: unchanged
  std::chrono::seconds timeout{60};
};
int node_reconfigure(const surroundings& around, const reconfigure_options& options);

/// muster node approve ID --fingerprint HEX
struct approve_options {
  std::string node;
  std::string fingerprint;
  std::string group;
  std::string name;
};
int node_approve(const surroundings& around, const approve_options& options);

/// muster node name ID NAME; an empty name removes the name.
int node_name(const surroundings& around, const std::string& node, const std::string& name);

/// muster node acknowledge NODE
int node_acknowledge(const surroundings& around, const std::string& node);

/// muster node group NODE GROUP: from now on that group's reference and policy apply to it.
int node_group(const surroundings& around, const std::string& node, const std::string& group);

/// muster node revoke NODE --yes. Without consent, says what would happen to which machine: `exit_error`.
enum class consent : std::uint8_t { missing = 0, given = 1 };
struct revoke_options {
  std::string node;
  std::string reason; ///< for the record; may be empty
  consent sure = consent::missing;
};
int node_revoke(const surroundings& around, const revoke_options& options);

/// muster node forget NODE --yes. Without consent: as `node_revoke`.
int node_forget(const surroundings& around, const std::string& node, consent sure);

/// muster node unregister NODE --yes. Waits until the machine has left. Without consent: as `node_revoke`.
struct unregister_options {
  std::string node;
  consent sure = consent::missing;
  std::chrono::seconds timeout{60};
};
int node_unregister(const surroundings& around, const unregister_options& options);

} // namespace muster::cli
