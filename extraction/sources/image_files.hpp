// The files of an image while it is read: a later file replaces an earlier one with the same path.
#pragma once

#include "extraction/sources/learning.hpp"

#include <map>
#include <string>

namespace muster::extraction {

/// "/usr/bin/ls" for "./usr/bin/ls"; empty for a name that is empty, too long, or leads upwards.
std::string path_in_image(std::string_view name);

class image_files {
public:
  static constexpr std::size_t max_entries = 4'000'000;
  static constexpr std::uint64_t max_bytes = 1ULL << 40U;
  static constexpr std::uint64_t max_file = 64ULL << 30U;  ///< with its holes
  static constexpr std::uint64_t max_holes = 64ULL << 30U; ///< in all files: holes cost time but no bytes

  explicit image_files(learning& into) : into_{into} {}

  /// Call them for every entry, every piece of content, and every hole. fault limit.
  status count_entry();
  status count_bytes(std::uint64_t more);
  status count_hole(std::uint64_t more);

  bool wants(const std::string& path) const { return into_.rules.learns_file(path); }
  const std::vector<hash_algorithm>& algorithms() const noexcept { return into_.algorithms; }

  void put(const std::string& path, file_hasher::digests digests) {
    files_.insert_or_assign(path, std::move(digests));
  }
  void forget(const std::string& path) { files_.erase(path); }
  const file_hasher::digests* find(const std::string& path) const;

  /// Hands all files over to the set.
  result<source_report> finish() &&;

  source_report report;

private:
  learning& into_;
  std::map<std::string, file_hasher::digests> files_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t holes_ = 0;
};

} // namespace muster::extraction
