#define OPENSSL_SUPPRESS_DEPRECATED // OpenSSL 3 prefers a provider; RAND_METHOD is enough for a test
#include "tests/simulation/seeded_random.hpp"

#include <doctest/doctest.h>
#include <openssl/rand.h>

#include <utility>

namespace muster::simulation {

namespace {

thread_local liar::dice* numbers = nullptr;

int draw(unsigned char* out, int size) {
  if (numbers == nullptr) return RAND_OpenSSL()->bytes(out, size);
  for (int i = 0; i < size; ++i)
    out[i] = static_cast<unsigned char>(numbers->next() >> 56U);
  return 1;
}

int ready() { return 1; }

const RAND_METHOD method{nullptr, draw, nullptr, nullptr, draw, ready};

} // namespace

seeded_random::seeded_random(std::uint64_t seed)
    : numbers_{seed}, before_{std::exchange(numbers, &numbers_)} {
  REQUIRE(RAND_set_rand_method(&method) == 1);
}

seeded_random::~seeded_random() { numbers = before_; }

} // namespace muster::simulation
