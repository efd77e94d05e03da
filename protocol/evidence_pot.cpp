#include "protocol/evidence_pot.hpp"

#include <algorithm>

namespace muster::service {

std::uint64_t evidence_pot::share::cost(boot_time now) const noexcept {
  const auto ms = now.milliseconds - std::min(now.milliseconds, since.milliseconds);
  return spent + (held >> 10U) * ms;
}

bool evidence_pot::fits(const share& one) const noexcept {
  const bool large = one.wanted > small;
  const auto others = held_ - one.held;
  if (one.wanted > capacity_ - others) return false;
  const auto large_others = large_ - (one.held > small ? one.held : 0);
  return !large || one.wanted <= most() - std::min(most(), large_others);
}

void evidence_pot::give(share& one, boot_time now) noexcept {
  one.spent = one.cost(now);
  one.since = now;
  held_ += one.wanted - one.held;
  large_ += (one.wanted > small ? one.wanted : 0) - (one.held > small ? one.held : 0);
  one.held = one.wanted;
}

bool evidence_pot::take(holder who, std::uint64_t total, boot_time now) {
  auto& mine = shares_[who];
  if (total <= mine.held) return true;
  const bool waited = mine.wanted > mine.held;
  if (waited) std::erase(line_of(mine), who); // it may wait in the other line from now on
  mine.wanted = total;
  auto& line = line_of(mine);
  if (line.empty() && fits(mine)) {
    give(mine, now);
    return true;
  }
  line.push_back(who);
  return false;
}

std::vector<evidence_pot::holder> evidence_pot::leave(holder who, boot_time now) {
  std::vector<holder> given;
  const auto found = shares_.find(who);
  if (found == shares_.end()) return given;
  const auto was = found->second;
  if (was.wanted > was.held) std::erase(line_of(found->second), who);
  shares_.erase(found);
  held_ -= was.held;
  if (was.held > small) large_ -= was.held;
  advance(small_line_, given, now);
  advance(large_line_, given, now);
  return given;
}

void evidence_pot::advance(std::deque<holder>& line, std::vector<holder>& given, boot_time now) {
  while (!line.empty()) {
    auto& next = shares_.at(line.front());
    if (!fits(next)) return;
    give(next, now);
    given.push_back(line.front());
    line.pop_front();
  }
}

std::optional<evidence_pot::holder> evidence_pot::costliest_for(holder who, boot_time now) const {
  if (!waits(who)) return std::nullopt;
  const bool large = shares_.at(who).wanted > small;
  std::optional<holder> dearest;
  std::uint64_t most_spent = 0;
  for (const auto& [id, one] : shares_) {
    // Large holders make room for a small one, too.
    if (one.held == 0 || (large && one.held <= small && id != who)) continue;
    const auto spent = one.cost(now);
    if (dearest && (spent < most_spent || (spent == most_spent && id > *dearest))) continue;
    dearest = id;
    most_spent = spent;
  }
  return dearest;
}

bool evidence_pot::waits(holder who) const {
  const auto found = shares_.find(who);
  return found != shares_.end() && found->second.wanted > found->second.held;
}

} // namespace muster::service
