// A loss of records. It is stored for good, also after an operator has acknowledged it.
#pragma once

#include "crypto/log_incarnations.hpp"
#include "records/store_tables.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster::service {

/// Identifies a head: two heads with the same name say the same.
struct head_name {
  std::uint64_t size = 0;
  bytes32 root{};

  friend bool operator==(const head_name&, const head_name&) = default;
};

/// "41:9f86d0...", as operators see and type it.
std::string to_string(const head_name& name);

using crypto::log_loss;

/// The key of its alarm: SHA-256 of `loss.before` as big-endian u64.
content_address key_of(log_loss loss);

/// There is one for each loss, however many heads show it.
struct log_alarm {
  log_loss loss;
  head_name name; ///< name of the head that showed the loss first
  muster::incarnation incarnation;
  wall_time head_time; ///< when the head was signed
  std::string from;    ///< which peer had kept the head
  wall_time raised;
  wall_time acknowledged; ///< 0: not acknowledged, so the alarm is in force
  std::string acknowledged_by;
  head_name whole; ///< the log that was acknowledged
  bytes signature; ///< of the acknowledgement

  bool stands() const noexcept { return acknowledged.milliseconds == 0; }
  /// Whether the acknowledgement covers this head of the same loss, too. What was lost before an incarnation
  /// was lost once. Changed records may have been changed further since, so there it covers only heads up to
  /// the size of `whole`, and the one that showed the loss.
  bool covers(const crypto::log_head& head) const noexcept {
    if (stands()) return false;
    return loss.before.value != 0 || head.size <= whole.size || name == head_name{head.size, head.root};
  }
  friend bool operator==(const log_alarm&, const log_alarm&) = default;
};

/// Acknowledges the alarm for the log `whole`, in the name of `who`, and signs that with the key for log
/// heads (layout: `crypto::sign_acknowledgement`). So an insider who can write the database, but lacks the
/// key, cannot acknowledge anything. fault unsupported: the key cannot sign.
result<log_alarm> acknowledge(log_alarm alarm, const head_name& whole, wall_time now, std::string who,
                              const crypto::private_key& key);
/// The acknowledgement as the log records it.
std::string acknowledgement_text(const log_alarm& alarm);
/// The alarm without its acknowledgement.
log_alarm reopened(log_alarm alarm);
/// The alarm as it counts: an acknowledgement that `key` did not sign is taken out. The caller must still
/// check that the log begins with `whole`.
log_alarm verified_alarm(log_alarm alarm, const crypto::public_key& key);

record<records::LogAlarm> to_record(const log_alarm& alarm);
/// fault malformed: a field of the wrong size, or of a newer program.
result<log_alarm> alarm_from(const view<records::LogAlarm>& stored);

/// An incarnation of the log, which begins at leaf `first`.
record<records::LogIncarnation> to_record(const crypto::log_name& log, std::uint64_t first);
struct begun_incarnation {
  crypto::log_name log;
  std::uint64_t first = 0;
};
/// fault malformed: a field of the wrong size, or of a newer program.
result<begun_incarnation> begun_from(const view<records::LogIncarnation>& stored);

record<records::LogHead> to_record(const crypto::signed_log_head& head);
/// fault malformed: it does not hold exactly one head.
result<crypto::signed_log_head> head_from(const view<records::LogHead>& stored);

} // namespace muster::service
