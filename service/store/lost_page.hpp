// Ends the process with a clear message when a mapped page of the database cannot be read. Adapter.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <filesystem>

namespace muster::service {

/// While one of these lives, an unreadable page of the mapped `file` (cut short, or on a failing disk) ends
/// the process with one sentence on standard error and status 1, instead of a silent SIGBUS. Records are read
/// in place, so no fault can be returned instead. If several live at once, only the newest is in effect.
/// SIGBUS for other memory has its usual effect.
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
