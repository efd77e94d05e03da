// Exports the record log from a database that no service has open, for `muster log verify`.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <iosfwd>

namespace muster::service {

/// Writes every leaf, every signed head and the totals of the database in `folder` to `out`, each as one line
/// of JSON (rest::LogLine). A missing or damaged record becomes a line that says so. Nothing is judged, and
/// nothing in the folder changes. Errors: those of `inspect_database`; io: `out` did not take everything.
status export_log(const std::filesystem::path& folder, std::ostream& out);

} // namespace muster::service
