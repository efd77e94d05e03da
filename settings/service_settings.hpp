// What /etc/muster/service.yaml may say. The initialisers are the defaults (docs/protocol.md 9).
#pragma once

#include "messages/vocabulary/log_caps.hpp"
#include "settings/log_level.hpp"
#include "settings/policy_document.hpp"
#include "settings/scalar.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muster::settings {

/// attestation.*
struct attestation_settings {
  milliseconds interval = std::chrono::seconds{60}; ///< between two routine attestations of one node
  milliseconds lease = std::chrono::seconds{180};   ///< of a good verdict; at least three intervals and beats
  /// From the start of a session to the first attestation in the node's next session. Default: a quarter of
  /// the interval.
  milliseconds reconnect_pause = std::chrono::seconds{15};

  friend bool operator==(const attestation_settings&, const attestation_settings&) = default;
};

/// limits.*: a peer that exceeds a limit is disconnected, and counted.
struct service_limits {
  std::uint64_t sessions = 10'000;
  std::uint64_t half_open = 256;          ///< handshakes in flight
  std::uint64_t accepts_per_address = 64; ///< new connections per second from one address
  std::uint64_t frame = MiB;              ///< bytes, from an agent
  milliseconds handshake_deadline = std::chrono::seconds{10};
  std::uint64_t log_bytes = max_ima_log; ///< of the IMA log of one attestation; no agent sends more
  std::uint64_t log_entries = 1'000'000; ///< of the IMA log of one attestation
  milliseconds log_deadline = std::chrono::seconds{60};   ///< from the challenge to the last part
  std::uint64_t log_least_rate = 16 * KiB;                ///< bytes a second
  milliseconds attestation_cpu = std::chrono::seconds{5}; ///< CPU time that one attestation may take
  std::uint64_t evidence_memory = 0; ///< bytes for all evidence in flight; 0: a quarter of the machine's
  std::uint64_t pending = 1'000;     ///< nodes that wait for admission
  std::uint64_t pending_per_address = 16;
  milliseconds pending_expiry = std::chrono::days{7};
  milliseconds pending_retry = std::chrono::seconds{60}; ///< how long a pending agent is asked to wait

  friend bool operator==(const service_limits&, const service_limits&) = default;
};

/// What happens to a node whose EK certificate chains to a pinned vendor.
enum class vendor_admission : std::uint8_t { pending, automatic };

/// retention.*: for results with their evidence. The newest result of each node always stays, and so do the
/// logs of its boot and of the boot before.
struct retention_settings {
  milliseconds results = std::chrono::days{90};
  std::uint64_t results_bytes =
      4 * GiB; ///< for all nodes; over it, the oldest results of nodes over an equal share go first

  friend bool operator==(const retention_settings&, const retention_settings&) = default;
};

/// An entry of admission.deny.firmware: versions of a manufacturer's firmware with a known flaw.
struct denied_firmware {
  std::string manufacturer; ///< as in admission.manufacturers
  std::string below;        ///< the first good version: one to four numbers, "7.85"

  friend bool operator==(const denied_firmware&, const denied_firmware&) = default;
};

/// admission.deny.*: EKs, certificates and firmware that are not trusted although a vendor signed them.
/// Digests are SHA-256, as 64 lower-case hex digits.
struct deny_settings {
  std::vector<std::string> eks;          ///< of an EK's TPMT_PUBLIC: the node id
  std::vector<std::string> certificates; ///< of an EK's certificate or a CA's, as DER
  std::vector<std::string> issuers;      ///< of a CA's SubjectPublicKeyInfo
  std::vector<denied_firmware> firmware;

  friend bool operator==(const deny_settings&, const deny_settings&) = default;
};

/// admission.*
struct admission_settings {
  vendor_admission vendor = vendor_admission::pending;
  std::string group = "unassigned"; ///< of a node that is admitted without a group
  /// Folders of PEM or DER certificates: TPM vendors' roots and intermediates.
  std::vector<std::string> vendor_roots;
  /// TCG vendor ids as in the EK certificate ("id:494E5443"), upper case. Empty: the ids of the TCG's
  /// registry that configs/service.yaml lists.
  std::vector<std::string> manufacturers;
  deny_settings deny;

  friend bool operator==(const admission_settings&, const admission_settings&) = default;
};

/// references.*
struct reference_settings {
  std::uint64_t guard_percent = 10; ///< of a group's good machines that a change may turn untrusted; min. one
  milliseconds settle = std::chrono::minutes{10};      ///< what canaries teach must stay the same this long
  milliseconds check_every = std::chrono::seconds{10}; ///< for stages that end and campaigns that continue

  friend bool operator==(const reference_settings&, const reference_settings&) = default;
};

struct service_settings {
  std::string name;                                         ///< in the service's certificate; required
  std::vector<endpoint> listen_agents{{"127.0.0.1", 4280}}; ///< listen.agents: at least one
  std::string state = "/var/lib/muster/ras";
  std::string socket = "/run/muster/ras.sock"; ///< REST, mode 0660
  std::string socket_group;                    ///< empty: the group of the process
  milliseconds beat = std::chrono::seconds{10};
  milliseconds reconnect_spread = std::chrono::seconds{120};
  milliseconds certificate_lifetime = std::chrono::days{7}; ///< certificates.node; renewed at two thirds
  attestation_settings attestation;
  service_limits limits;
  retention_settings retention;
  admission_settings admission;
  policy_document policy; ///< for groups without a file in `policies`; without `file` and `parent`
  std::string policies;   ///< folder of policy files; empty: there is none
  reference_settings references;
  log_level level = log_level::info; ///< log.level
  std::string head_file; ///< log.head_file: each signed head of the log is appended to it; empty: no file

  friend bool operator==(const service_settings&, const service_settings&) = default;
};

/// A session ends if the agent is silent for three beats.
inline milliseconds idle_end(const service_settings& settings) { return 3 * settings.beat; }

/// `file` is the name that faults begin with, `text` is its content, and `grammar` is for the section
/// `policy`. The fault has one line for each problem.
result<service_settings> parse_service_settings(std::string_view file, std::string_view text,
                                                const policy_grammar& grammar);

/// The keys that differ and take effect only at the next start: name, listen.agents, state, socket, socket_group,
/// certificates.node, limits.evidence_memory and log.head_file. On SIGHUP all others change at once.
std::vector<std::string> needs_restart(const service_settings& before, const service_settings& after);
/// The settings in force after a reload of `read`: `read`, but with `before` for keys that need a restart.
service_settings reloaded(const service_settings& before, service_settings read);

} // namespace muster::settings
