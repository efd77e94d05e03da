// Whether the readable fields of an exported line match the record that its proof covers. Pure.
#pragma once

#include "crypto/log_head.hpp"
#include "schemas/records.capnp.h"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli {

/// The fields of an entry that differ from its record, by their names in JSON: "actor, text". Empty: the line
/// matches the record.
std::string misread_fields(rest::LogEntry::Reader line, records::AuditEntry::Reader record);

/// The same for a head.
std::string misread_fields(rest::LogHead::Reader line, const crypto::log_head& head);

/// Whether the line is byte for byte what an export would write. Otherwise unproven fields could stand next
/// to those that are compared.
bool is_written_so(rest::LogLine::Reader read, std::string_view line);

} // namespace muster::cli
