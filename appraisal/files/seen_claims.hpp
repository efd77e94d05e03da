// The claims that an appraisal has already seen, in a table that no machine can make slow.
#pragma once

#include "appraisal/claims/file_claims.hpp"

#include <array>

namespace muster::appraisal {

/// A secret of this process: a machine that chooses claims must not know which slots they hash to. The caller
/// of the pure code draws it, so a test can repeat a run.
using hash_seed = std::array<std::uint64_t, 2>;

/// SipHash-1-3 over all of a claim: digest, path, algorithm, kind and signature.
std::uint64_t hash_of(const file_claim& claim, const hash_seed& seed) noexcept;

/// A set of views: the claims themselves live elsewhere. An insertion takes a bounded number of comparisons
/// on average, whatever the claims are.
class seen_claims {
public:
  explicit seen_claims(const hash_seed& seed) noexcept : seed_{seed} {}

  /// False if the set already has an equal claim.
  bool insert(const file_claim& claim);

  std::size_t size() const noexcept { return claims_.size(); }
  /// Slots probed so far: the cost of the claims.
  std::uint64_t steps() const noexcept { return steps_; }

private:
  /// Small: a table is at most half full, and its size grows with the machine's claims.
  struct slot {
    std::uint32_t hash = 0;           ///< of the claim
    std::uint32_t index_plus_one = 0; ///< of the claim; 0: free
  };
  void grow();
  slot& place_of(std::uint32_t hash, const file_claim& claim);

  hash_seed seed_;
  std::vector<slot> slots_; // open addressing, linear probing, at most half full
  std::vector<file_claim> claims_;
  std::uint64_t steps_ = 0;
};

} // namespace muster::appraisal
