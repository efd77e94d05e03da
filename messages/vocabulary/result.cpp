#include "messages/vocabulary/result.hpp"

#include <string_view>

namespace muster {

std::string_view to_string(errc code) noexcept {
  switch (code) {
  case errc::malformed: return "malformed";
  case errc::unsupported: return "unsupported";
  case errc::limit: return "limit";
  case errc::mismatch: return "mismatch";
  case errc::untrusted: return "untrusted";
  case errc::expired: return "expired";
  case errc::denied: return "denied";
  case errc::not_found: return "not-found";
  case errc::conflict: return "conflict";
  case errc::busy: return "busy";
  case errc::timeout: return "timeout";
  case errc::io: return "io";
  case errc::internal: return "internal";
  }
  return "unknown";
}

} // namespace muster
