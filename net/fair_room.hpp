// Places that peers share whom nobody knows yet: who has to leave so that a newcomer gets in. A value; chance
// is a parameter.
#pragma once

#include "net/accept_limiter.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace muster::net {

/// A newcomer always gets in. Who refused the newest would give the places to whoever came first and stays:
/// a flood. Instead one of those who are here has to leave: of the newcomer's own address where that has its
/// share already, else, where all places are taken, of the address that has most. Which one is chance: a peer
/// that is done in a moment is rarely hit, and one that sits is hit again and again.
/// Invariant: never more than `all` guests, nor than `each` of one address.
class fair_room {
public:
  using guest = std::uint64_t; ///< no two have the same

  /// Both at least 1; `each` is at most `all`.
  fair_room(std::size_t all, std::size_t each) noexcept;

  /// `who` is here now. Gives who has to leave, and is not here any more.
  std::optional<guest> enter(address_key from, guest who, std::uint64_t random);
  /// Nothing if it is not here.
  void leave(guest who);

  std::size_t size() const noexcept { return from_.size(); }
  std::size_t size_of(address_key from) const;

private:
  struct hash {
    std::size_t operator()(address_key key) const noexcept { return std::hash<std::uint64_t>{}(key.bits); }
  };
  using guests = std::vector<guest>;
  guest take_one(const guests& of, std::uint64_t random);

  std::size_t all_;
  std::size_t each_;
  std::unordered_map<guest, address_key> from_;
  std::unordered_map<address_key, guests, hash> by_address_; ///< never an empty one
};

} // namespace muster::net
