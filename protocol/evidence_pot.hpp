// The memory that all attestations in flight may hold together (docs/checks.md P7). A value; not thread-safe.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace muster::service {

/// An attestation needs memory for its logs, and about as much again for what is built from them.
inline constexpr std::uint64_t evidence_room_factor = 2;

/// Shares `capacity` bytes out. A holder of more than `small` bytes is large. All large ones together get
/// half, so that increments find room whatever else is under way. A holder that asks for more than there is
/// waits in line. Small and large holders have separate lines, each in the order of asking. Invariants: the
/// holders never have more than the capacity, nor the large ones more than half of it; no holder is kept
/// waiting once it is first in its line and there is room for it.
class evidence_pot {
public:
  using holder = std::uint64_t;
  static constexpr std::uint64_t small = 1ULL << 20U;

  explicit evidence_pot(std::uint64_t capacity) noexcept : capacity_{capacity} {}

  /// `who` wants to hold `total` bytes in all, no less than it holds. False: it keeps what it holds and
  /// waits, at the end of its line. No holder ever gets more than `most`.
  bool take(holder who, std::uint64_t total, boot_time now);
  /// Takes back what `who` holds, and takes it out of its line. Returns the holders whose turn has come: they
  /// now hold what they asked for.
  std::vector<holder> leave(holder who, boot_time now);
  /// Which holder must make room because `who` has waited too long: the one that has cost most, which is
  /// memory multiplied by the time for which it was held. So a long log that arrives fast outlasts one that
  /// is held open. Only large holders make room for a large one, but any holder does for a small one. The
  /// answer may be `who` itself. Null if `who` does not wait, or if a large one waits for room that only
  /// small ones hold: they end by themselves.
  std::optional<holder> costliest_for(holder who, boot_time now) const;

  /// The most that one attestation can get.
  std::uint64_t most() const noexcept { return most_of(capacity_); }
  static constexpr std::uint64_t most_of(std::uint64_t capacity) noexcept { return capacity / 2; }
  std::uint64_t held() const noexcept { return held_; }
  std::uint64_t held_by_large() const noexcept { return large_; }
  bool waits(holder who) const;

private:
  struct share {
    std::uint64_t held = 0;
    std::uint64_t wanted = 0; ///< more than `held` while it waits
    std::uint64_t spent = 0;  ///< KiB held, multiplied by ms, up to `since`
    boot_time since;          ///< since when it holds `held`

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
  std::uint64_t large_ = 0; ///< of `held_`: what holders of more than `small` have
  std::unordered_map<holder, share> shares_;
  std::deque<holder> small_line_;
  std::deque<holder> large_line_;
};

/// The longest log for which there is always room while no other machine attests.
constexpr std::uint64_t longest_log(std::uint64_t capacity) noexcept {
  return evidence_pot::most_of(capacity) / evidence_room_factor;
}
static_assert(longest_log(4) == 1,
              "`ras --check-config`, service.yaml and docs/protocol.md 9 say: a quarter");

} // namespace muster::service
