// A record of the log as people and programs read it.
#pragma once

#include "schemas/records.capnp.h"
#include "schemas/rest.capnp.h"

namespace muster {

/// Sets when, actor, action, node and text of `out` from the record; texts are made printable. The service
/// shows with it, and whoever verifies an export renders each record with it again.
void put_readable(rest::LogEntry::Builder out, records::AuditEntry::Reader in);

} // namespace muster
