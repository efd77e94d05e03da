// What /etc/muster/node.yaml may say. The initialisers are the defaults (docs/protocol.md 9).
#pragma once

#include "settings/log_level.hpp"
#include "settings/scalar.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::settings {

/// service.*: the addresses that the agent dials and, separately, the service that it trusts.
struct service_reference {
  std::vector<endpoint> addresses;   ///< tried in order; required
  std::optional<proxy_endpoint> via; ///< the proxy for those that are of TCP
  std::string via_credentials;       ///< file with its user and password; empty: it wants none
  std::string name;                  ///< in the SAN of the service's certificate; required
  std::string anchor;                ///< PEM file that the service's certificate chains to; required
  friend bool operator==(const service_reference&, const service_reference&) = default;
};

/// platform.*: the files in which this machine's kernel reports its measurements.
struct platform_files {
  std::string boot_id = "/proc/sys/kernel/random/boot_id";
  std::string boot_log = "/sys/kernel/security/tpm0/binary_bios_measurements";
  std::string ima_log = "/sys/kernel/security/ima/binary_runtime_measurements";
  std::string ima_policy = "/sys/kernel/security/ima/policy"; ///< read only to advise; may be absent
  std::string facts; ///< empty: /etc/os-release, uname and /sys/class/dmi/id
  friend bool operator==(const platform_files&, const platform_files&) = default;
};

struct node_settings {
  service_reference service;
  std::string tpm = "device:/dev/tpmrm0"; ///< see `parse_tpm`
  std::string state = "/var/lib/muster/agent";
  platform_files platform;
  std::string join_token_file;                   ///< empty: none
  milliseconds jitter = std::chrono::seconds{1}; ///< a beat comes up to this much early
  log_level level = log_level::info;             ///< log.level

  friend bool operator==(const node_settings&, const node_settings&) = default;
};

/// `file` is the name that faults begin with; `text` is its content. The fault has one line for each problem.
result<node_settings> parse_node_settings(std::string_view file, std::string_view text);

/// The keys that differ and take effect only at the next start. On SIGHUP, jitter and log change at once.
std::vector<std::string> needs_restart(const node_settings& before, const node_settings& after);

} // namespace muster::settings
