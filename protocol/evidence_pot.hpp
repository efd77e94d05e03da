// What all attestations in flight may hold in memory together (docs/checks.md P7). A value; not for threads.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace muster::service {

/// An attestation needs memory for its logs and about as much again for what is made of them.
inline constexpr std::uint64_t evidence_room_factor = 2;

/// Shares `capacity` bytes out. An attestation that grows beyond `small` bytes is large: all large ones
/// together get half, so that increments find room whatever else is under way. Who asks for more than there
/// is waits in line, small and large apart, in the order in which they asked. Invariants: what is held is
/// never more than the capacity, what large ones hold never more than half; nobody waits whose turn it is and
/// for whom there is room.
class evidence_pot {
public:
  using holder = std::uint64_t;
  static constexpr std::uint64_t small = 1ULL << 20U;

  explicit evidence_pot(std::uint64_t capacity) noexcept : capacity_{capacity} {}

  /// `who` wants to hold `total` bytes in all, no less than it holds. False: it stays with what it holds and
  /// waits in line, at the end unless it waits already. More than `most` is never given.
  bool take(holder who, std::uint64_t total, boot_time now);
  /// `who` holds nothing any more and waits for nothing. Gives those whose turn came: they hold what they
  /// asked for.
  std::vector<holder> leave(holder who, boot_time now);
  /// Who has to make room, since `who` waited too long: of those of its size that hold anything, the one that
  /// cost most, which is memory multiplied by the time for which it was held. So a long log that comes fast
  /// outlasts one that is held open. It may be `who` itself. Null if `who` does not wait, or if only small
  /// ones hold the room that a large one waits for: they end by themselves.
  std::optional<holder> dearest_before(holder who, boot_time now) const;

  /// What one attestation can get at most.
  std::uint64_t most() const noexcept { return most_of(capacity_); }
  static constexpr std::uint64_t most_of(std::uint64_t capacity) noexcept { return capacity / 2; }
  std::uint64_t held() const noexcept { return held_; }
  std::uint64_t held_by_large() const noexcept { return large_; }
  bool waits(holder who) const;

private:
  struct share {
    std::uint64_t held = 0;
    std::uint64_t wanted = 0; ///< more than `held` while it waits
    std::uint64_t spent = 0;  ///< KiB held, multiplied by ms, until `since`
    boot_time since;          ///< it holds `held`

    std::uint64_t cost(boot_time now) const noexcept;
  };

  bool fits(const share& one) const noexcept;
  void give(share& one, boot_time now) noexcept;
  std::deque<holder>& line_of(const share& one) noexcept {
    return one.wanted > small ? large_line_ : small_line_;
  }
  void advance(std::deque<holder>& line, std::vector<holder>& given, boot_time now);

  std::uint64_t capacity_;
  std::uint64_t held_ = 0;
  std::uint64_t large_ = 0; ///< of `held_`, by those that hold more than `small`
  std::unordered_map<holder, share> shares_;
  std::deque<holder> small_line_;
  std::deque<holder> large_line_;
};

/// The longest log that a machine which is alone always finds room for.
constexpr std::uint64_t longest_log(std::uint64_t capacity) noexcept {
  return evidence_pot::most_of(capacity) / evidence_room_factor;
}
static_assert(longest_log(4) == 1,
              "`ras --check-config`, service.yaml and docs/protocol.md 9 say: a quarter");

} // namespace muster::service
