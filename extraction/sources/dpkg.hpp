// Learns the files of Debian packages.
#pragma once

#include "extraction/sources/learning.hpp"

#include <string>

namespace muster::extraction {

/// Takes every file that the package database of the machine in `root` (var/lib/dpkg) lists with an MD5, of each
/// package that is wholly unpacked (`dpkg_state`): those of info/*.md5sums, and configuration files by the MD5
/// in `status`. We hash the file, and learn it with its package if its MD5 is the listed one. Any other content
/// is left out and counted: a modified file is never learnt. Files that a package has without an MD5, lines
/// that cannot be read, and packages in other states are counted, too.
/// The result proves that the file is what the database says, unless an attacker wrote both: the database is
/// on the same disk, and MD5 stops accidents but not a forger.
/// fault not_found: there is no such database; malformed, io, limit.
result<source_report> learn_dpkg(const std::string& root, learning& into);

} // namespace muster::extraction
