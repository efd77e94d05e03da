// Learns every file below a folder.
#pragma once

#include "extraction/sources/learning.hpp"

#include <string>

namespace muster::extraction {

struct directory_options {
  std::string folder; ///< the folder to walk
  std::string root;   ///< the root of its machine; empty: "/"
};

/// Hashes every regular file below `folder`, which must be in `root`, and learns it by its path in `root`.
/// Links are never followed. Other file systems below `folder` are not entered, but reported. Files that
/// cannot be read are left out and reported. The result proves what is in the folder now, and nothing about
/// its origin. fault not_found, io; denied: `folder` is not in `root`; limit: the set is full, or folders are
/// nested over 128 deep.
result<source_report> learn_directory(const directory_options& options, learning& into);

} // namespace muster::extraction
