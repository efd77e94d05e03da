#include "cli/client/shown_status.hpp"

#include "messages/vocabulary/standing.hpp"

namespace muster::cli {

int exit_status_of(std::string_view shown) noexcept {
  const auto word = display_from(shown);
  if (!word) return exit_undecided;
  switch (*word) {
  case display::trusted: return exit_trusted;
  case display::untrusted:
  case display::revoked: return exit_untrusted;
  case display::warning: return exit_warning;
  case display::stale:
  case display::unknown:
  case display::pending: return exit_undecided;
  }
  return exit_undecided;
}

} // namespace muster::cli
