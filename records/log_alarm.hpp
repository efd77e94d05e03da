// A head that the log contradicts, as it is stored until an operator acknowledges it and ever after.
#pragma once

#include "crypto/log_head.hpp"
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

/// Key of its alarm: SHA-256(u64 size, big-endian || root).
content_address key_of(const head_name& name);

struct log_alarm {
  head_name name;
  wall_time head_time; ///< when the head was signed
  std::string from;    ///< who had kept it
  wall_time raised;
  wall_time acknowledged; ///< 0: it stands
  std::string acknowledged_by;
  bytes signature; ///< of the acknowledgement

  bool stands() const noexcept { return acknowledged.milliseconds == 0; }
  friend bool operator==(const log_alarm&, const log_alarm&) = default;
};

/// Ends the alarm by `who`, and signs that with the key for log heads
/// (`crypto::sign_acknowledgement` has the layout). An insider who writes the database but has no key cannot
/// do it.
/// fault unsupported: the key cannot sign.
result<log_alarm> acknowledge(log_alarm alarm, wall_time now, std::string who,
                              const crypto::private_key& key);
/// The alarm as it counts: an acknowledgement that `key` did not sign is none.
log_alarm verified_alarm(log_alarm alarm, const crypto::public_key& key);

record<records::LogAlarm> to_record(const log_alarm& alarm);
/// fault malformed: a field of the wrong size, or of a newer program.
result<log_alarm> alarm_from(const view<records::LogAlarm>& stored);

record<records::LogHead> to_record(const crypto::signed_log_head& head);
/// fault malformed: it holds not exactly one head.
result<crypto::signed_log_head> head_from(const view<records::LogHead>& stored);

} // namespace muster::service
