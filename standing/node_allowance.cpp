#include "standing/node_allowance.hpp"

#include <algorithm>

namespace muster::service {

node_allowance::node_allowance(unsigned burst, std::chrono::milliseconds every) noexcept
    : burst_ms_{burst * static_cast<std::uint64_t>(every.count())}, every_ms_{static_cast<std::uint64_t>(
                                                                        every.count())} {}

status node_allowance::spend(const node_id& node, boot_time now) {
  if (full_at_.size() >= look_at_) {
    std::erase_if(full_at_, [&](const auto& one) { return one.second <= now.milliseconds; });
    look_at_ = std::max<std::size_t>(1024, 2 * full_at_.size());
  }
  auto& full_at = full_at_[node];
  const auto spent = std::max(full_at, now.milliseconds) + every_ms_;
  if (spent > now.milliseconds + burst_ms_)
    return fault{errc::limit, "this machine asked for certificates or changed too often; the next time is in "
                                  + std::to_string((spent - now.milliseconds - burst_ms_) / 1000 + 1) + " s"};
  full_at = spent;
  return {};
}

std::chrono::milliseconds node_allowance::until_next(const node_id& node, boot_time now) const {
  const auto known = full_at_.find(node);
  const auto full_at = known == full_at_.end() ? 0 : known->second;
  const auto spent = std::max(full_at, now.milliseconds) + every_ms_;
  return std::chrono::milliseconds{spent - std::min(spent, now.milliseconds + burst_ms_)};
}

} // namespace muster::service
