// How often one origin may connect: a token bucket for each of them. Pure: the caller passes the time.
#pragma once

#include "net/peer_origin.hpp"

#include <chrono>
#include <unordered_map>

namespace muster::net {

struct accept_rate {
  double burst = 256;     ///< connections at once
  double per_second = 64; ///< after the burst
};

/// Remembers at most `max_addresses`; all further addresses share one bucket. A flood of made-up sources
/// therefore costs bounded memory and cannot push a known address out.
class accept_limiter {
public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t max_addresses = 16'384;

  explicit accept_limiter(accept_rate rate) noexcept : rate_{rate} {}

  /// Buckets that are fuller than they may be from now on lose the difference.
  void change(accept_rate rate) noexcept { rate_ = rate; }

  /// Whether this connection may be served; takes a token if so.
  bool admit(address_key from, time now);
  /// Forgets addresses whose bucket is full again. Linear; call it every few seconds.
  void forget_idle(time now);
  std::size_t remembered() const noexcept { return buckets_.size(); }

private:
  struct bucket {
    double tokens = 0;
    time at{};
  };
  struct hash {
    std::size_t operator()(address_key key) const noexcept { return std::hash<std::uint64_t>{}(key.bits); }
  };
  double tokens_at(const bucket& b, time now) const noexcept;

  accept_rate rate_;
  std::unordered_map<address_key, bucket, hash> buckets_;
  bucket crowd_;
};

} // namespace muster::net
