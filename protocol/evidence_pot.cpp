#include "protocol/evidence_pot.hpp"

#include <algorithm>

namespace muster::service {

bool evidence_pot::fits(const share& one) const noexcept {
  const bool large = one.wanted > small;
  const auto others = held_ - one.held;
  if (one.wanted > capacity_ - others) return false;
  const auto large_others = large_ - (one.held > small ? one.held : 0);
  return !large || one.wanted <= most() - std::min(most(), large_others);
}

void evidence_pot::give(share& one) noexcept {
  held_ += one.wanted - one.held;
  large_ += (one.wanted > small ? one.wanted : 0) - (one.held > small ? one.held : 0);
  one.held = one.wanted;
}

bool evidence_pot::take(holder who, std::uint64_t total) {
  auto& mine = shares_[who];
  if (total <= mine.held) return true;
  const bool waited = mine.wanted > mine.held;
  if (waited) std::erase(line_of(mine), who); // it may be large by now
  mine.wanted = total;
  auto& line = line_of(mine);
  if (line.empty() && fits(mine)) {
    give(mine);
    return true;
  }
  line.push_back(who);
  return false;
}

std::vector<evidence_pot::holder> evidence_pot::leave(holder who) {
  std::vector<holder> given;
  const auto found = shares_.find(who);
  if (found == shares_.end()) return given;
  const auto was = found->second;
  if (was.wanted > was.held) std::erase(line_of(found->second), who);
  shares_.erase(found);
  held_ -= was.held;
  if (was.held > small) large_ -= was.held;
  advance(small_line_, given);
  advance(large_line_, given);
  return given;
}

void evidence_pot::advance(std::deque<holder>& line, std::vector<holder>& given) {
  while (!line.empty()) {
    auto& next = shares_.at(line.front());
    if (!fits(next)) return;
    give(next);
    given.push_back(line.front());
    line.pop_front();
  }
}

std::optional<evidence_pot::holder> evidence_pot::dearest_before(holder who) const {
  if (!waits(who)) return std::nullopt;
  const bool large = shares_.at(who).wanted > small;
  std::optional<holder> dearest;
  std::uint64_t most_held = 0;
  for (const auto& [id, one] : shares_) {
    // For a small one a large one makes room, too.
    if (large && one.held <= small && id != who) continue;
    if (!dearest || one.held > most_held || (one.held == most_held && id < *dearest)) {
      dearest = id;
      most_held = one.held;
    }
  }
  return dearest;
}

bool evidence_pot::waits(holder who) const {
  const auto found = shares_.find(who);
  return found != shares_.end() && found->second.wanted > found->second.held;
}

} // namespace muster::service
