// OpenSSL's randomness from a seed. All of the product's nonces, secrets,
// keys, serials and signatures draw from it.
#pragma once

#include "tests/liar/dice.hpp"

namespace muster::simulation {

/// While an object of this class lives, every random byte that OpenSSL gives to this thread comes from its
/// seed. The newest object counts.
class seeded_random {
public:
  explicit seeded_random(std::uint64_t seed);
  ~seeded_random();
  seeded_random(const seeded_random&) = delete;
  seeded_random& operator=(const seeded_random&) = delete;

private:
  liar::dice numbers_;
  liar::dice* before_;
};

} // namespace muster::simulation
