// Records of the log in readable form.
#pragma once

#include "schemas/records.capnp.h"
#include "schemas/rest.capnp.h"

namespace muster {

/// Sets when, actor, action, node and text of `out` from the record, and makes the texts printable. The
/// service shows records with it. A program that verifies an export renders each record with it again.
void put_readable(rest::LogEntry::Builder out, records::AuditEntry::Reader in);

} // namespace muster
