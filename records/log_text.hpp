// The log as REST shows it and as its exports hold it (schemas/rest.capnp).
#pragma once

#include "records/log_alarm.hpp"
#include "records/store_port.hpp"
#include "schemas/rest.capnp.h"

namespace muster::service {

void put_head(rest::LogHead::Builder out, const crypto::signed_log_head& head);
/// Writes what can be read of the leaf; `problem` says what cannot. Texts of records are made printable.
void put_entry(rest::LogEntry::Builder out, const log_leaf& leaf);
void put_alarm(rest::LogAlarm::Builder out, const log_alarm& alarm);

} // namespace muster::service
