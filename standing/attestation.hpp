// What travels between Session and TrustMgr about a known machine.
#pragma once

#include "appraisal/claims/kept_evidence.hpp"
#include "records/command_record.hpp"
#include "records/context.hpp"
#include "records/node_record.hpp"
#include "standing/join_offer.hpp"
#include "standing/lease.hpp"

#include <chrono>
#include <optional>

namespace muster::appraisal {
struct attestation_outcome;
}

namespace muster::service {

using node_evidence = appraisal::kept_evidence;

/// The certificate that a machine showed in a session.
struct shown_certificate {
  bytes spki; ///< DER
  bytes serial;
  wall_time not_after;
};

/// What a session of a known machine works with. `recorded`: the state after the last attestation that was
/// decided. The next attestation's number must exceed the number in it.
struct attachment {
  session_epoch epoch;
  bytes ak_public;
  std::shared_ptr<const node_state> recorded;
  context_ptr context;
  endorsement level = endorsement::none;
  std::string group{}; ///< of the node
  /// When the node's previous session attached; empty: it had none since the service started.
  std::optional<boot_time> before{};
  moment opened{};         ///< when this one attached
  muster::tuning tuning{}; ///< what operators set for it
};

/// An attestation that ended: verified, failed, or in need of whole logs.
struct decision_request {
  node_id node;
  session_epoch epoch;
  attestation_number number;
  boot_time challenged; ///< when its challenge was issued; the lease counts from then
  context_ptr context;  ///< with which it was appraised
  std::shared_ptr<const appraisal::attestation_outcome> outcome;
  std::shared_ptr<const node_evidence> evidence;
  boot_id boot;  ///< named by the session; verified evidence is bound to it
  generation of; ///< the machine's, when the session began
  /// The attestation was given up before it ended, and the outcome is `bad_news_of` it. It moves neither
  /// number nor epoch, and changes the lease only for the worse.
  bool bad_news = false;
  bool whole = false;  ///< whole logs were asked for
  std::string group{}; ///< the machine's, at the challenge; `context` belongs to it
};

struct decision {
  std::shared_ptr<const node_state> recorded; ///< as it is stored now
  bool ask_full_log = false;                  ///< challenge again at once: IMA log from entry 0, and boot log
};

/// What to set for a machine. A field without a value stays as it is; 0 or an empty value ends what was set.
struct tuning_order {
  std::optional<std::chrono::milliseconds> beat;
  std::optional<std::chrono::milliseconds> jitter;
  std::optional<std::string> log_level;
};

/// What an operator or a policy orders a machine to do.
struct command_request {
  node_id node;
  command_kind kind = command_kind::attest;
  std::chrono::milliseconds within{60'000};
  std::string by;
  tuning_order how{}; ///< for `reconfigure`
};

/// How a command ended, for the callers that waited for it.
struct command_result {
  command_id id;
  command_outcome outcome = command_outcome::unknown;
  std::string text;
};

struct approval {
  node_id node;
  bytes fingerprint;
  std::string group;
  std::string name;
  std::string by; ///< who approves
};

/// A refusal that ends by itself after `retry_after`.
struct rationed_admission {
  fault why;
  std::chrono::milliseconds retry_after{0};
};

/// The answer to a proven machine that asked for admission. It is durable before it is given.
struct admission_answer {
  bool admitted = false;
  bytes32 fingerprint{};           ///< for an operator to approve, if not admitted
  muster::generation generation{}; ///< as which it was admitted
  std::optional<rationed_admission> rationed{};
  std::optional<bytes32> join_used{}; ///< digest of the token that admitted it
  join_refusal join_refused = join_refusal::none;
};

} // namespace muster::service
