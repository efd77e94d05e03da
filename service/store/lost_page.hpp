// Ends the process with a clear message when a mapped page of the database cannot be read. Adapter.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <filesystem>

namespace muster::service {

/// Covers the case that a mapped page of `file` cannot be read, because the file was cut short or the disk
/// fails. While one of these lives, the process then ends with one sentence on standard error and status 1,
/// instead of a silent SIGBUS. Records are read in place, so there is no other way: no value can be returned.
/// If several live at once, only the newest works. SIGBUS for other memory has its usual effect.
class lost_page_watch {
public:
  /// The caller has mapped `file`. Watches nothing if /proc does not show where.
  explicit lost_page_watch(const std::filesystem::path& file);
  ~lost_page_watch();
  lost_page_watch(const lost_page_watch&) = delete;
  lost_page_watch& operator=(const lost_page_watch&) = delete;

private:
  std::uintptr_t begin_ = 0;
};

} // namespace muster::service
