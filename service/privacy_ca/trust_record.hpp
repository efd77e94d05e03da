// How a rotation is written in the log of records, and how a start finds it there.
#pragma once

#include "records/store_port.hpp"
#include "service/privacy_ca/next_trust.hpp"

namespace muster::service {

inline constexpr std::string_view rotation_action = "trust.rotate";

/// Text of the record: the list's number and SHA-256 over its bytes, and what machines trust from then on.
std::string rotation_text(const next_trust& next);

/// Whether the log has a record of the rotation to this list. Reads every record from the end backwards, in
/// pages; ignores damaged ones. fault io: the store cannot be read.
result<bool> is_on_record(const store_reader& store, std::uint64_t number, byte_view list);

} // namespace muster::service
