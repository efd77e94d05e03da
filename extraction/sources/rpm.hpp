// Learns the files of RPM packages.
#pragma once

#include "extraction/sources/learning.hpp"

#include <string>

namespace muster::extraction {

/// Takes every regular file that the package database of the machine in `root` lists. We hash the file, and
/// learn it with its package if it has the listed digest (usually SHA-256). A file that differs, or is listed
/// with MD5 only or with nothing, is left out and counted. The database is found by `find_rpm_database`.
/// This machine's own /usr/bin/rpm reads a copy of it (rpm_copy.hpp), with fixed arguments, a fixed environment and no shell. It does
/// not enter `root`, whose libraries it would then load.
/// The result proves what `learn_dpkg` proves, with a digest that cannot be forged.
/// fault not_found: no rpm here, or no such database there; unsupported: the database has a link in it, or
/// rpm lists nothing, as of a kind that it was not built for; io, malformed, limit.
result<source_report> learn_rpm(const std::string& root, learning& into);

} // namespace muster::extraction
