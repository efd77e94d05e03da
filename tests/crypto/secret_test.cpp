#include "crypto/secret.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::crypto;

TEST_CASE("constant-time comparison gives the result of plain comparison") {
  CHECK(equal_constant_time({}, {}));
  CHECK(equal_constant_time(as_bytes("secret"), as_bytes("secret")));
  CHECK_FALSE(equal_constant_time(as_bytes("secret"), as_bytes("secreT")));
  CHECK_FALSE(equal_constant_time(as_bytes("secret"), as_bytes("secre")));
  CHECK_FALSE(equal_constant_time(as_bytes(""), as_bytes("s")));
}

TEST_CASE("a secret that was moved from or wiped holds nothing") {
  auto one = make_secret(32);
  CHECK(one.view().size() == 32);
  auto two = std::move(one);
  CHECK(one.empty()); // NOLINT(bugprone-use-after-move): the promise of the header
  CHECK(two.view().size() == 32);
  secret three;
  three = std::move(two);
  CHECK(two.empty()); // NOLINT(bugprone-use-after-move)
  three.wipe();
  CHECK(three.empty());
}

TEST_CASE("random bytes have the requested size and do not repeat") {
  CHECK(make_random(0).empty());
  CHECK(make_random(20).size() == 20);
  CHECK(make_random(32) != make_random(32));
  CHECK(make_nonce() != make_nonce());
}
