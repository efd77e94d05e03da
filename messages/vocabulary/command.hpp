// Operators' commands, in the terms that both sides share: the order at the service and the errand on the
// node (docs/protocol.md 3).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

/// The complete list; each command has narrow powers. The numbers are stored on disk.
enum class command_kind : std::uint8_t { attest = 0, renew = 1, reconfigure = 2, unregister = 3 };
inline constexpr std::size_t command_kinds = 4;
constexpr command_kind last_of(command_kind) noexcept { return command_kind::unregister; }

/// The outcome of a command. The numbers are stored on disk.
enum class command_outcome : std::uint8_t {
  open = 0, ///< stored, never sent
  sent = 1, ///< handed to a session at least once
  done = 2,
  failed = 3,      ///< was run and did not succeed
  expired = 4,     ///< not run
  replaced = 5,    ///< not run: a newer command of its kind took its place
  unknown = 6,     ///< may have run, or may still start until its deadline
  interrupted = 7, ///< was started, and the machine restarted
  accepted = 8,    ///< unregister: the machine leaves once it knows that the service received this
  unsupported = 9  ///< not run: the agent does not know the command
};
inline constexpr std::size_t command_outcomes = 10;
constexpr command_outcome last_of(command_outcome) noexcept { return command_outcome::unsupported; }

/// Whether a later outcome is still to come.
constexpr bool is_open(command_outcome o) noexcept {
  return o == command_outcome::open || o == command_outcome::sent || o == command_outcome::accepted;
}

/// For example "attest", "done"; "unknown" for a value that is not in the enum.
std::string_view to_string(command_kind k) noexcept;
std::string_view to_string(command_outcome o) noexcept;
std::optional<command_kind> command_kind_from(std::string_view name) noexcept;
std::optional<command_outcome> command_outcome_from(std::string_view name) noexcept;

/// The settings that operators made for one machine. 0 or empty: not set. Then the service's configuration
/// gives the beat, and the machine's own configuration gives jitter and log level.
struct tuning {
  std::chrono::milliseconds beat{0};
  std::chrono::milliseconds jitter{0};
  std::string log_level;
  friend bool operator==(const tuning&, const tuning&) = default;
};

} // namespace muster
