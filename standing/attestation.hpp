// What travels between Session and TrustMgr for a machine that is known.
#pragma once

#include "appraisal/claims/kept_evidence.hpp"
#include "records/command_record.hpp"
#include "records/context.hpp"
#include "records/node_record.hpp"
#include "standing/lease.hpp"

#include <chrono>
#include <optional>

namespace muster::appraisal {
struct attestation_outcome;
}

namespace muster::service {

using node_evidence = appraisal::kept_evidence;

/// The certificate that a session of a machine showed.
struct shown_certificate {
  bytes spki; ///< DER
  bytes serial;
  wall_time not_after;
};

/// What a session of a known machine works with. `recorded` is the state after the last attestation that was
/// decided; its number is the one that the next must exceed.
struct attachment {
  session_epoch epoch;
  bytes ak_public;
  std::shared_ptr<const node_state> recorded;
  context_ptr context;
  endorsement level = endorsement::none;
  std::string group{}; ///< of the node
  /// When the session before this one attached, if it did since the service started.
  std::optional<boot_time> before{};
  moment opened{};         ///< when this one did
  muster::tuning tuning{}; ///< what people set for it
};

/// An attestation that came to an end: verified, failed, or in need of the whole log.
struct decision_request {
  node_id node;
  session_epoch epoch;
  attestation_number number;
  boot_time challenged; ///< when its challenge was issued: the lease counts from there
  context_ptr context;  ///< that it was appraised with
  std::shared_ptr<const appraisal::attestation_outcome> outcome;
  std::shared_ptr<const node_evidence> evidence;
  boot_id boot;  ///< that the session named, and that what verified is bound to
  generation of; ///< the machine's, when the session began
  /// Given up before it came to its end, so the outcome is `bad_news_of` it: it moves no number, no epoch and
  /// no lease but to the worse.
  bool bad_news = false;
  bool whole = false;  ///< whole logs were asked for
  std::string group{}; ///< of the machine at the challenge: whose business it is what `context` says
};

struct decision {
  std::shared_ptr<const node_state> recorded; ///< as it is stored now
  bool ask_full_log = false;                  ///< challenge again at once, from entry 0 and with the boot log
};

/// What to set for a machine: what is not named stays as it is, 0 or empty ends what was set.
struct tuning_order {
  std::optional<std::chrono::milliseconds> beat;
  std::optional<std::chrono::milliseconds> jitter;
  std::optional<std::string> log_level;
};

/// What an operator or a policy wants a machine to do.
struct command_request {
  node_id node;
  command_kind kind = command_kind::attest;
  std::chrono::milliseconds within{60'000};
  std::string by;
  tuning_order how{}; ///< of `reconfigure`
};

/// How a command ended, for whoever waited.
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

/// A refusal that ends by itself.
struct rationed_admission {
  fault why;
  std::chrono::milliseconds retry_after{0};
};

/// What came of a proven machine's wish to be let in. Durable before it is answered.
struct admission_answer {
  bool admitted = false;
  bytes32 fingerprint{};           ///< that an operator must approve, if it was not
  muster::generation generation{}; ///< as which it was
  std::optional<rationed_admission> rationed{};
};

} // namespace muster::service
