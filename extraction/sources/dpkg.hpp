// Learns the files of Debian packages.
#pragma once

#include "extraction/sources/learning.hpp"

#include <string>

namespace muster::extraction {

/// Every file that the package database of the machine in `root` lists with an MD5 (var/lib/dpkg): hashed by
/// us, and learnt with its package if its MD5 is the listed one. A file that is another, or no file, is left
/// out and told: a modified file is never learnt. Configuration files have no MD5 there and are not learnt.
/// It proves that the file is what the database says, as long as nobody wrote both: the database is data of
/// the same disk, and MD5 stops accidents and not its forger.
/// fault not_found: there is no such database; malformed, io, limit.
result<source_report> learn_dpkg(const std::string& root, learning& into);

} // namespace muster::extraction
