// The files that we ship, as the tests read them.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

/// A file of the repository; empty when it is not there, which no parser accepts.
inline std::string shipped_file(const std::string& path) {
  std::ifstream in{std::string{MUSTER_SOURCE_DIR "/"} + path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}
