// Reads the files that we ship.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

/// The content of a file of the repository; empty if the file is missing, which no parser accepts.
inline std::string shipped_file(const std::string& path) {
  std::ifstream in{std::string{MUSTER_SOURCE_DIR "/"} + path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}
