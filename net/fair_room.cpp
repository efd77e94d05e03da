#include "net/fair_room.hpp"

#include <algorithm>

namespace muster::net {

fair_room::fair_room(std::size_t all, std::size_t each) noexcept
    : all_{std::max<std::size_t>(1, all)}, each_{std::clamp<std::size_t>(each, 1, all_)} {}

std::size_t fair_room::size_of(address_key from) const {
  const auto found = by_address_.find(from);
  return found == by_address_.end() ? 0 : found->second.size();
}

fair_room::guest fair_room::take_one(const guests& of, std::uint64_t random) {
  const auto out = of[random % of.size()];
  leave(out);
  return out;
}

const fair_room::guests& fair_room::largest_group() const {
  return std::ranges::max_element(by_address_, {}, [](const auto& one) { return one.second.size(); })->second;
}

std::vector<fair_room::guest> fair_room::resize(std::size_t all, std::size_t each, std::uint64_t random) {
  all_ = std::max<std::size_t>(1, all);
  each_ = std::clamp<std::size_t>(each, 1, all_);
  std::vector<guest> out;
  while (size() > all_ || (size() > 0 && largest_group().size() > each_))
    out.push_back(take_one(largest_group(), random++));
  return out;
}

std::optional<fair_room::guest> fair_room::enter(address_key from, guest who, std::uint64_t random) {
  std::optional<guest> out;
  if (size_of(from) >= each_)
    out = take_one(by_address_.at(from), random);
  else if (size() >= all_)
    out = take_one(largest_group(), random);
  from_.emplace(who, from);
  by_address_[from].push_back(who);
  return out;
}

void fair_room::leave(guest who) {
  const auto known = from_.find(who);
  if (known == from_.end()) return;
  const auto here = by_address_.find(known->second);
  auto& guests = here->second;
  *std::ranges::find(guests, who) = guests.back();
  guests.pop_back();
  if (guests.empty()) by_address_.erase(here);
  from_.erase(known);
}

} // namespace muster::net
