// Whether what people read of an exported line is what its proof is about. Pure.
#pragma once

#include "crypto/log_head.hpp"
#include "schemas/records.capnp.h"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli {

/// The fields of an entry that do not say what its record says, by their names in JSON: "actor, text". Empty:
/// it reads as it was entered.
std::string misread_fields(rest::LogEntry::Reader line, records::AuditEntry::Reader record);

/// The same of a head.
std::string misread_fields(rest::LogHead::Reader line, const crypto::log_head& head);

/// Whether the line is one that an export has, to the byte. Fields that nothing proves could else stand
/// beside those that are compared.
bool is_written_so(rest::LogLine::Reader read, std::string_view line);

} // namespace muster::cli
