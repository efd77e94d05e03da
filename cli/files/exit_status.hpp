// Exit statuses of `muster`, for scripts: one table for all commands. docs/operating.md 3 lists them by
// command.
#pragma once

namespace muster::cli {

inline constexpr int exit_done = 0;            ///< lists, changes; nothing differs
inline constexpr int exit_trusted = exit_done; ///< and fresh
inline constexpr int exit_genuine = exit_done;
inline constexpr int exit_untrusted = 1;                ///< or revoked; rolled back; the guard would refuse
inline constexpr int exit_not_genuine = exit_untrusted; ///< understood, but it does not hold, or it differs
inline constexpr int exit_error = 2;                    ///< not done, not read, or not what it should be
inline constexpr int exit_undecided = 3;                ///< possibly genuine, with nothing to compare with
inline constexpr int exit_warning = 4;
/// A bundle that is consistent, whatever its verdict: no anchor vouches that its key is the machine's.
inline constexpr int exit_unvouched = 5;

} // namespace muster::cli
