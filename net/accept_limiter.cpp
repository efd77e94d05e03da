#include "net/accept_limiter.hpp"

namespace muster::net {

double accept_limiter::tokens_at(const bucket& b, time now) const noexcept {
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - b.at).count());
  return std::min(rate_.burst, b.tokens + seconds * rate_.per_second);
}

bool accept_limiter::admit(address_key from, time now) {
  const auto known = buckets_.find(from);
  auto& b = known != buckets_.end() ? known->second
            : buckets_.size() >= max_addresses
                ? crowd_
                : buckets_.try_emplace(from, bucket{rate_.burst, now}).first->second;
  b.tokens = tokens_at(b, now);
  b.at = now;
  if (b.tokens < 1) return false;
  b.tokens -= 1;
  return true;
}

void accept_limiter::forget_idle(time now) {
  std::erase_if(buckets_, [&](const auto& entry) { return tokens_at(entry.second, now) >= rate_.burst; });
}

} // namespace muster::net
