// A command of a person or a policy, as it is stored before it is sent (docs/protocol.md 3).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"

#include <string>
#include <string_view>

namespace muster::service {

/// A closed list with narrow powers.
enum class command_kind : std::uint8_t { attest = 0, renew = 1, reconfigure = 2, unregister = 3 };

enum class command_outcome : std::uint8_t {
  open = 0, ///< stored, never sent
  sent = 1, ///< handed to a session at least once
  done = 2,
  failed = 3,      ///< was run and did not succeed
  expired = 4,     ///< not run
  replaced = 5,    ///< not run: a newer one of its kind took its place
  unknown = 6,     ///< may have run, or may still start until its deadline
  interrupted = 7, ///< was started, and the machine restarted
};

struct command_record {
  command_id id;
  node_id node;
  command_kind kind = command_kind::attest;
  command_outcome outcome = command_outcome::open;
  wall_time issued;
  boot_id service_boot; ///< under which `deadline` counts
  boot_time deadline;
  std::string by;
  std::string text;
  // reconfigure; 0 or empty: as it is
  std::uint32_t beat_ms = 0;
  std::uint32_t jitter_ms = 0;
  std::string log_level;

  friend bool operator==(const command_record&, const command_record&) = default;
};

constexpr bool is_open(command_outcome o) noexcept {
  return o == command_outcome::open || o == command_outcome::sent;
}

std::string_view to_string(command_kind k) noexcept;
std::string_view to_string(command_outcome o) noexcept;

} // namespace muster::service
