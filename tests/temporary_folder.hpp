// A folder for one test.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace muster::testing {

/// A new, empty folder, which is removed at the end with everything in it. Its path is short enough for a
/// socket.
class temporary_folder {
public:
  explicit temporary_folder(const std::filesystem::path& below = std::filesystem::temp_directory_path()) {
    auto pattern = (below / "muster-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string file(std::string_view name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

} // namespace muster::testing
