// What a head that somebody kept says about this log.
#pragma once

#include "crypto/log_head.hpp"
#include "records/log_alarm.hpp"
#include "records/store_port.hpp"

namespace muster::service {

enum class head_judgement : std::uint8_t {
  agrees,      ///< it is a head of this log, as it was at that size
  contradicts, ///< our key signed it, and this log is smaller or was another one at that size
  not_ours     ///< our key did not sign it: says nothing
};

/// `key` signed every head of this service: it is made once, and kept beside the CA keys. Roots of past sizes
/// come from the nodes that the store keeps. fault: the store cannot be read; a log that lost its nodes
/// (`malformed`) contradicts every head.
result<head_judgement> judge_head(const crypto::signed_log_head& head, const crypto::public_key& key,
                                  const store_reader& store);

/// Whether the log still begins as it was when its loss was acknowledged. Not if it cannot be read.
bool begins_with(const head_name& whole, const store_reader& store);

} // namespace muster::service
