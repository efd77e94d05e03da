// Where a machine keeps its RPM database.
#pragma once

#include "extraction/sources/machine_root.hpp"

#include <string>
#include <vector>

namespace muster::extraction {

/// rpm's kinds of database, in the order in which it prefers them itself.
enum class rpm_database_kind : std::uint8_t {
  sqlite, ///< rpmdb.sqlite
  ndb,    ///< Packages.db
  bdb,    ///< Packages
};

/// What rpm calls the kind when it only reads (%_db_backend).
const char* to_string(rpm_database_kind kind) noexcept;

struct rpm_database {
  open_file folder;  ///< opened within the root, whatever links lead to it
  std::string place; ///< in which of the usual places it was found
  rpm_database_kind kind = rpm_database_kind::sqlite;
  /// Usual places with another database, which a machine does not use. None for links to the same folder.
  std::vector<std::string> others;
};

/// Looks in usr/lib/sysimage/rpm, usr/share/rpm (rpm-ostree, bootc) and var/lib/rpm, in this order, for a
/// folder with the file of one of rpm's kinds of database. Any of these places may be a link, which is resolved within the root, as on the machine itself; nothing
/// outside the root is opened. fault not_found; io.
result<rpm_database> find_rpm_database(const machine_root& root);

} // namespace muster::extraction
