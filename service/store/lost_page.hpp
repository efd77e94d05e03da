// What becomes of the process when a mapped page of the database cannot be read. Adapter.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <filesystem>

namespace muster::service {

/// While one of these lives, the process ends with one sentence on standard error and status 1, instead of
/// SIGBUS without a word, when a page of `file` that is mapped cannot be read: somebody cut the file short,
/// or the disk fails. Records that are read in place leave no other way: there is no value to give back. Of
/// several at a time only the newest is watched. SIGBUS for other memory does what it did before.
class lost_page_watch {
public:
  /// The caller has mapped `file`. Watches nothing if /proc does not tell where.
  explicit lost_page_watch(const std::filesystem::path& file);
  ~lost_page_watch();
  lost_page_watch(const lost_page_watch&) = delete;
  lost_page_watch& operator=(const lost_page_watch&) = delete;

private:
  std::uintptr_t begin_ = 0;
};

} // namespace muster::service
