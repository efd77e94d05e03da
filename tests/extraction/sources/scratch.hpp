// A folder that is removed at the end of the test.
#pragma once

#include "extraction/sources/learning.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace muster::extraction::testing {

class scratch_folder {
public:
  scratch_folder() {
    std::random_device random;
    folder_ = std::filesystem::temp_directory_path()
              / ("muster-test-" + std::to_string(random()) + std::to_string(random()));
    std::filesystem::create_directories(folder_);
    folder_ = std::filesystem::canonical(folder_);
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::string path(const std::string& within = {}) const { return folder_.string() + within; }
  void write(const std::string& within, std::string_view content) const {
    const std::filesystem::path at{path(within)};
    std::filesystem::create_directories(at.parent_path());
    std::ofstream out{at, std::ios::binary};
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    REQUIRE(out.good());
  }
  void link(const std::string& within, const std::string& to) const {
    std::filesystem::create_directories(std::filesystem::path{path(within)}.parent_path());
    std::filesystem::create_symlink(to, path(within));
  }

private:
  std::filesystem::path folder_;
};

/// The files that one source learnt, sorted as in a set.
struct learnt_files {
  appraisal::extraction_rules rules;
  appraisal::reference_files files;
  learning into{rules, {hash_algorithm::sha256}, files};

  appraisal::reference_content content() {
    appraisal::reference_content out;
    std::move(files).move_into(out);
    return out;
  }
  static std::vector<std::string> paths(const appraisal::reference_content& in) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < in.files.size(); ++i)
      out.emplace_back(in.files[i].path);
    return out;
  }
};

/// Whether a shell command that a test wrote succeeds.
inline bool runs(const std::string& command) {
  return std::system(("( " + command + " ) >/dev/null 2>&1").c_str()) == 0;
}

inline bool tells(const source_report& report, std::string_view part) {
  const auto has = [part](const std::string& note) { return note.find(part) != std::string::npos; };
  if (std::ranges::any_of(report.notes, has)) return true;
  for (unsigned i = 0; i <= static_cast<unsigned>(last_loss); ++i)
    if (std::ranges::any_of(report.listed(static_cast<loss>(i)), has)) return true;
  return false;
}

/// The counts that are not zero, such as "2 missing, 1 modified".
inline std::string counts(const source_report& report) {
  std::string out;
  for (unsigned i = 0; i <= static_cast<unsigned>(last_loss); ++i) {
    const auto why = static_cast<loss>(i);
    if (report.count(why) == 0) continue;
    out += (out.empty() ? "" : ", ") + std::to_string(report.count(why)) + ' ' + std::string{to_string(why)};
  }
  return out;
}

} // namespace muster::extraction::testing
