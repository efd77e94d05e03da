// Checks that the database's file has every page that its records need. Adapter: reads the file without a
// map.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <filesystem>

namespace muster::service {

/// What to do when the database's file is damaged or cut short.
constexpr std::string_view damaged_database_remedy =
    "restore its whole folder from a backup; or, to begin with an empty record, move the folder away and "
    "make "
    "an empty file begin_empty_record in the state folder: then nobody is revoked, every machine has to be "
    "admitted again, and `muster log head` says what to acknowledge";

/// Reading a mapped page that is not in the file ends the process (SIGBUS), so this check comes before
/// opening. A page past the end that is on LMDB's list of free pages was never written and is not missed:
/// LMDB leaves such pages at times. A file passes if it is missing, empty or not LMDB's: LMDB reports that
/// itself. fault malformed: the file was cut short; io.
status check_file_length(const std::filesystem::path& file);

} // namespace muster::service
