// The exit status of `muster node show` and `muster node attest`, for scripts. Pure.
#pragma once

#include "cli/files/exit_status.hpp"

#include <string_view>

namespace muster::cli {

/// 0 trusted; 1 untrusted, revoked; 4 warning; 3 for stale, unknown, pending and every other word: what is
/// not known to be good is not good.
int exit_status_of(std::string_view shown) noexcept;

} // namespace muster::cli
