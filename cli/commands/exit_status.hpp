// What scripts learn from `muster node show` and `muster node attest`. Pure.
#pragma once

#include <string_view>

namespace muster::cli::commands {

inline constexpr int exit_trusted = 0;
inline constexpr int exit_done = 0; ///< lists and changes
inline constexpr int exit_untrusted = 1;
inline constexpr int exit_error = 2;
inline constexpr int exit_undecided = 3;
inline constexpr int exit_warning = 4;

/// 0 trusted; 1 untrusted, revoked; 4 warning; 3 for stale, unknown, pending and every other word: what is
/// not known to be good is not good.
int exit_status_of(std::string_view shown) noexcept;

} // namespace muster::cli::commands
