// The store's read side and write side, over one database.
#pragma once

#include "service/store/database_reader.hpp"
#include "service/store/database_writer.hpp"

namespace muster::service {

struct database {
  std::shared_ptr<const store_reader> reader; ///< for all
  std::unique_ptr<store_writer> writer;       ///< for the Store actor alone
};

/// Opens or makes the database. It closes when both sides are gone. Errors: `conflict` (open elsewhere),
/// `unsupported` (another format), `malformed`, `limit`, `io`.
result<database> open_database(const database_options& options);

/// Opens for reading a copy that no process has open; nothing in its folder changes. Errors: `conflict` (a
/// process has it open), `unsupported` (another format), `not_found` or `io` (there is none), `malformed`.
result<std::shared_ptr<const store_reader>> inspect_database(const std::filesystem::path& folder);

} // namespace muster::service
