// The log of records out of a database that no service has open, for `muster log verify`.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <iosfwd>

namespace muster::service {

/// Writes every leaf, every signed head and the totals of the database in `folder` to `out`, one line of JSON
/// (rest::LogLine) each. A record that is missing or damaged is a line that says so. Nothing is judged,
/// nothing in the folder changes. Errors: those of `inspect_database`; io: `out` took not everything.
status export_log(const std::filesystem::path& folder, std::ostream& out);

} // namespace muster::service
