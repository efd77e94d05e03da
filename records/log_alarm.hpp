// A loss of records, as it is stored until an operator acknowledges it and ever after.
#pragma once

#include "crypto/log_incarnations.hpp"
#include "records/store_tables.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster::service {

/// What a head is known by: two heads of one name say the same.
struct head_name {
  std::uint64_t size = 0;
  bytes32 root{};

  friend bool operator==(const head_name&, const head_name&) = default;
};

/// "41:9f86d0...": as operators see and type it.
std::string to_string(const head_name& name);

using crypto::log_loss;

/// Key of its alarm: SHA-256(u64, big-endian).
content_address key_of(log_loss loss);

/// One for each loss, whoever shows how many heads of it.
struct log_alarm {
  log_loss loss;
  head_name name; ///< of the head that showed it first
  muster::incarnation incarnation;
  wall_time head_time; ///< when the head was signed
  std::string from;    ///< who had kept it
  wall_time raised;
  wall_time acknowledged; ///< 0: it stands
  std::string acknowledged_by;
  head_name whole; ///< the log that was acknowledged
  bytes signature; ///< of the acknowledgement

  bool stands() const noexcept { return acknowledged.milliseconds == 0; }
  /// Whether the acknowledgement is of this head of the same loss, too. Who changed records may have changed
  /// more of them since; what went lost before an incarnation went lost once.
  bool covers(const crypto::log_head& head) const noexcept {
    if (stands()) return false;
    return loss.before.value != 0 || head.size <= whole.size || name == head_name{head.size, head.root};
  }
  friend bool operator==(const log_alarm&, const log_alarm&) = default;
};

/// Ends the alarm by `who` for the log `whole`, and signs that with the key for log heads
/// (`crypto::sign_acknowledgement` has the layout). An insider who writes the database but has no key cannot
/// do it.
/// fault unsupported: the key cannot sign.
result<log_alarm> acknowledge(log_alarm alarm, const head_name& whole, wall_time now, std::string who,
                              const crypto::private_key& key);
/// The acknowledgement as the log records it.
std::string acknowledgement_text(const log_alarm& alarm);
/// The alarm as it stood before anybody acknowledged it.
log_alarm reopened(log_alarm alarm);
/// The alarm as it counts: an acknowledgement that `key` did not sign is none. Whether the log still begins
/// as it did then the caller has to look up.
log_alarm verified_alarm(log_alarm alarm, const crypto::public_key& key);

record<records::LogAlarm> to_record(const log_alarm& alarm);
/// fault malformed: a field of the wrong size, or of a newer program.
result<log_alarm> alarm_from(const view<records::LogAlarm>& stored);

/// An incarnation of the log, from that leaf on.
record<records::LogIncarnation> to_record(const crypto::log_name& log, std::uint64_t first);
struct begun_incarnation {
  crypto::log_name log;
  std::uint64_t first = 0;
};
/// fault malformed: a field of the wrong size, or of a newer program.
result<begun_incarnation> begun_from(const view<records::LogIncarnation>& stored);

record<records::LogHead> to_record(const crypto::signed_log_head& head);
/// fault malformed: it holds not exactly one head.
result<crypto::signed_log_head> head_from(const view<records::LogHead>& stored);

} // namespace muster::service
