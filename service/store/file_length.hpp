// Whether the database's file has every page that its records need. Adapter: reads it without a map.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <filesystem>

namespace muster::service {

/// What to do when the file of the database is not what it was.
constexpr std::string_view damaged_database_remedy =
    "restore its whole folder from a backup; or, to begin with an empty record, move the folder away and "
    "make "
    "an empty file begin_empty_record in the state folder: then nobody is revoked, every machine has to be "
    "admitted again, and `muster log head` says what to acknowledge";

/// A page that LMDB has mapped and that is not in the file ends the process (SIGBUS), so whoever opens asks
/// first. A page behind the end that is on LMDB's list of free pages was never written and is not missed:
/// LMDB leaves such pages at times. A file that is not there, is empty, or is none of LMDB's, passes: LMDB
/// says so itself. fault malformed: it was cut short; io.
status check_file_length(const std::filesystem::path& file);

} // namespace muster::service
