// Learns every file below a folder.
#pragma once

#include "extraction/sources/learning.hpp"

#include <string>

namespace muster::extraction {

struct directory_options {
  std::string folder; ///< to walk
  std::string root;   ///< its machine's root; empty: "/"
};

/// Hashes every regular file below `folder`, which lies in `root`, and learns it by its path in `root`. Links
/// are never followed; other file systems below it are not entered, and told. What cannot be read is left out
/// and told. It proves what lies in the folder now, and nothing about where that came from.
/// fault not_found, io; denied: `folder` is not in `root`; limit: the set is full, or folders are nested over
/// 128 deep.
result<source_report> learn_directory(const directory_options& options, learning& into);

} // namespace muster::extraction
