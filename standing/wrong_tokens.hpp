// Join tokens that were not right, counted by where they came from. A value; not thread-safe.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace muster::service {

/// A token has 256 random bits and is not guessed; but each wrong one leaves a machine that waits. So a source
/// (standing/waiting.hpp) may send 16 wrong ones at once, and then one a minute. A right token is never held
/// up: whoever shares the source loses nothing.
class wrong_tokens {
public:
  static constexpr std::size_t most_sources = 1024;

  /// Counts one wrong token from the source of `peer` ("address:port"). fault limit: that was one too many.
  status count(std::string_view peer, boot_time now);

  /// Since the start.
  std::uint64_t total() const noexcept { return total_; }
  struct source {
    std::string where; ///< empty: all that came when `most_sources` were remembered
    std::uint64_t wrong = 0;
  };
  /// Those that sent the most, at most `most`.
  std::vector<source> worst(std::size_t most) const;

private:
  struct bucket {
    std::uint64_t full_at = 0; ///< when the whole burst is back
    std::uint64_t wrong = 0;
  };
  bucket& bucket_of(std::string_view peer, boot_time now);

  std::map<std::string, bucket> sources_;
  std::uint64_t total_ = 0;
};

} // namespace muster::service
