#include "appraisal/files/seen_claims.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace muster::appraisal {

namespace {

constexpr std::size_t least_slots = 64;
constexpr std::size_t growth = 4; // fewer rehashes of each claim than with 2

/// SipHash (Aumasson and Bernstein, 2012) with one round for each word and three at the end.
class sip_hash {
public:
  explicit sip_hash(const hash_seed& seed) noexcept
      : a_{seed[0] ^ 0x736f6d6570736575}, b_{seed[1] ^ 0x646f72616e646f6d}, c_{seed[0] ^ 0x6c7967656e657261},
        d_{seed[1] ^ 0x7465646279746573} {}

  void put(std::uint64_t word) noexcept {
    d_ ^= word;
    round();
    a_ ^= word;
  }

  /// Puts the length first, so two different lists of texts never give the same words.
  void put(byte_view text) noexcept {
    put(text.size());
    for (; text.size() >= sizeof(std::uint64_t); text = text.subspan(sizeof(std::uint64_t)))
      put(word_of(text.first(sizeof(std::uint64_t))));
    if (!text.empty()) put(word_of(text));
  }

  std::uint64_t end() noexcept {
    c_ ^= 0xff;
    for (int i = 0; i < 3; ++i)
      round();
    return a_ ^ b_ ^ c_ ^ d_;
  }

private:
  static std::uint64_t word_of(byte_view text) noexcept {
    std::uint64_t out = 0;
    std::memcpy(&out, text.data(), text.size());
    return out;
  }

  void round() noexcept {
    a_ += b_;
    b_ = std::rotl(b_, 13) ^ a_;
    a_ = std::rotl(a_, 32);
    c_ += d_;
    d_ = std::rotl(d_, 16) ^ c_;
    a_ += d_;
    d_ = std::rotl(d_, 21) ^ a_;
    c_ += b_;
    b_ = std::rotl(b_, 17) ^ c_;
    c_ = std::rotl(c_, 32);
  }

  std::uint64_t a_;
  std::uint64_t b_;
  std::uint64_t c_;
  std::uint64_t d_;
};

} // namespace

std::uint64_t hash_of(const file_claim& claim, const hash_seed& seed) noexcept {
  sip_hash out{seed};
  out.put(static_cast<std::uint64_t>(claim.algorithm) << 16U | static_cast<std::uint64_t>(claim.kind) << 8U
          | static_cast<std::uint64_t>(claim.signature));
  out.put(claim.digest);
  out.put(as_bytes(claim.path));
  out.put(claim.signer);
  return out.end();
}

seen_claims::slot& seen_claims::place_of(std::uint32_t hash, const file_claim& claim) {
  const auto mask = slots_.size() - 1;
  for (auto at = hash & mask;; at = (at + 1) & mask) {
    ++steps_;
    auto& one = slots_[at];
    if (one.index_plus_one == 0) return one;
    if (one.hash == hash && claims_[one.index_plus_one - 1] == claim) return one;
  }
}

void seen_claims::grow() {
  auto before = std::exchange(slots_, std::vector<slot>(std::max(least_slots, slots_.size() * growth)));
  for (const auto& one : before)
    if (one.index_plus_one != 0) place_of(one.hash, claims_[one.index_plus_one - 1]) = one;
}

bool seen_claims::insert(const file_claim& claim) {
  if (2 * (claims_.size() + 1) > slots_.size()) grow();
  const auto hash = static_cast<std::uint32_t>(hash_of(claim, seed_));
  auto& place = place_of(hash, claim);
  if (place.index_plus_one != 0) return false;
  claims_.push_back(claim);
  place = {hash, static_cast<std::uint32_t>(claims_.size())};
  return true;
}

} // namespace muster::appraisal
