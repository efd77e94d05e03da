#include "messages/vocabulary/finding.hpp"

namespace muster {

std::string_view to_string(severity level) noexcept {
  switch (level) {
  case severity::note: return "note";
  case severity::warning: return "warning";
  case severity::failure: break;
  }
  return "failure";
}

} // namespace muster
