// A bounded number of places for peers that are not identified yet, and which of them leaves when a newcomer
// needs one. A value; randomness is a parameter.
#pragma once

#include "net/peer_origin.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace muster::net {

/// A newcomer always gets in. Refusing newcomers would leave all places to a flood that came first and stays.
/// Instead one of the present guests has to leave. If the newcomer's address already has its share, a guest
/// of that address leaves; else, if all places are taken, a guest of the address that has the most. The guest
/// is chosen at random: a peer that is done in a moment is rarely hit, one that stays is hit sooner or later.
/// Invariant: never more than `all` guests, nor more than `each` of one address.
class fair_room {
public:
  using guest = std::uint64_t; ///< no two have the same

  /// Both at least 1; `each` is at most `all`.
  fair_room(std::size_t all, std::size_t each) noexcept;

  /// Lets `who` in. Returns the guest that has to leave, if any; it has been removed already.
  std::optional<guest> enter(address_key from, guest who, std::uint64_t random);
  /// From now on so many places. Returns the guests that have to leave for it; they have been removed already.
  std::vector<guest> resize(std::size_t all, std::size_t each, std::uint64_t random);
  /// Does nothing if `who` is not here.
  void leave(guest who);

  std::size_t size() const noexcept { return from_.size(); }
  std::size_t size_of(address_key from) const;

private:
  struct hash {
    std::size_t operator()(address_key key) const noexcept { return std::hash<std::uint64_t>{}(key.bits); }
  };
  using guests = std::vector<guest>;
  guest take_one(const guests& of, std::uint64_t random);
  const guests& largest_group() const;

  std::size_t all_;
  std::size_t each_;
  std::unordered_map<guest, address_key> from_;
  std::unordered_map<address_key, guests, hash> by_address_; ///< no entry is empty
};

} // namespace muster::net
