// Join tokens and what they were used for, in memory: the bounds of docs/protocol.md 2 are kept here.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "records/join_token.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::service {

enum class join_state : std::uint8_t { usable = 0, used_up = 1, expired = 2, revoked = 3, lost = 4 };
/// "usable", "used up", "expired", "revoked", "void"
std::string_view to_string(join_state s) noexcept;

/// What people see of a token.
struct join_token_line {
  join_token token;
  join_state state = join_state::usable;
  std::uint32_t used = 0;
  std::vector<node_id> nodes; ///< that used it, the newest first, at most `join_register::most_nodes_shown`
};

/// All tokens on record. A use is held when the admission is decided (`hold`). Once it is known whether the
/// admission is durable, the use is kept (`keep`) or given back (`give_back`). What is held counts as used, so
/// whatever happens to the disk, no token admits more machines than it may. A value; not thread-safe.
class join_register {
public:
  static constexpr std::size_t most_live = 256;
  static constexpr std::size_t most_recorded = 1024;
  static constexpr std::size_t most_nodes_shown = 16;
  /// How long a token that has ended is still listed.
  static constexpr std::chrono::milliseconds kept_for{std::chrono::hours{24 * 7}};

  /// Puts a token as it is on record now.
  void settle(join_token token);
  /// A new token that did not become durable.
  void drop(const bytes32& digest) { tokens_.erase(digest); }
  /// For the start: a use on record. It is left over if no such token is on record.
  void note(const node_id& node, const join_use& use);
  /// For the start: a use whose record cannot be read. It may be of any token, and counts for each.
  void note_unreadable();

  /// Whether there is room for one more. fault limit: with the remedy.
  status room(wall_time now, std::uint64_t after_loss) const;
  const join_token* find(std::string_view id) const;
  /// The token, if it may admit one more agent now.
  const join_token* usable(const bytes32& digest, wall_time now, std::uint64_t after_loss) const;

  void hold(const bytes32& digest);
  void keep(const node_id& node, const join_use& use);
  void give_back(const bytes32& digest);

  /// The newest first.
  std::vector<join_token_line> lines(wall_time now, std::uint64_t after_loss) const;

  /// A token that ended long ago and may be erased.
  std::optional<bytes32> overdue(wall_time now) const;
  /// It is erased. Its uses are left over: the token goes first, so that a clock that goes back never finds a
  /// token with fewer uses than it had.
  void erase(const bytes32& digest);
  /// Machines whose use is of no token any more, at most `most`.
  std::vector<node_id> left_over(std::size_t most) const;
  /// The first `count` of them are erased.
  void erase_left_over(std::size_t count);

private:
  struct entry {
    join_token token;
    std::vector<node_id> nodes; ///< that used it, in the order of use; after a start in that of their ids
    wall_time newest_use;
    std::uint32_t held = 0;
  };
  static join_state state_of(const entry& one, wall_time now, std::uint64_t after_loss) noexcept;
  static wall_time end_of(const entry& one) noexcept;

  std::map<bytes32, entry> tokens_;
  std::vector<node_id> left_over_;
};

} // namespace muster::service
