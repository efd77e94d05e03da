// Learns the files of RPM packages.
#pragma once

#include "extraction/sources/learning.hpp"

#include <string>

namespace muster::extraction {

/// Every regular file that the package database of the machine in `root` lists: hashed by us, and learnt with
/// its package if the listed digest (SHA-256 today) is the file's. What differs, and what is listed with MD5
/// only, is left out and told. The database is read by this machine's own /usr/bin/rpm, with fixed arguments,
/// no shell, an empty environment, and without entering `root`, whose libraries it would then load.
/// It proves what `learn_dpkg` proves, with a digest that cannot be forged.
/// fault not_found: no rpm here, or no such database there; io, malformed, limit.
result<source_report> learn_rpm(const std::string& root, learning& into);

} // namespace muster::extraction
