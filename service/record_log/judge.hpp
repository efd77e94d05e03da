// What a head that was kept elsewhere says about this log.
#pragma once

#include "crypto/log_head.hpp"
#include "records/log_alarm.hpp"
#include "records/store_port.hpp"

namespace muster::service {

enum class head_judgement : std::uint8_t {
  agrees,      ///< it is a head of this log at that size
  contradicts, ///< our key signed it, but this log is smaller or was different at that size
  not_ours     ///< our key did not sign it, so it says nothing
};

/// `key` signed every head of this service: it is made once and kept with the CA keys. The roots of past
/// sizes come from the stored nodes. A log that lost its nodes contradicts every head. fault: the store
/// cannot be read.
result<head_judgement> judge_head(const crypto::signed_log_head& head, const crypto::public_key& key,
                                  const store_reader& store);

/// Whether the log still begins as it did when its loss was acknowledged. False if it cannot be read.
bool begins_with(const head_name& whole, const store_reader& store);

} // namespace muster::service
