#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/standing.hpp"

#include <doctest/doctest.h>

using namespace muster;

TEST_CASE(
    "the displayed status follows the order revoked, pending, untrusted, stale, warning, trusted, unknown") {
  using S = standing;
  using V = verdict;
  using F = freshness;
  CHECK(shown_as(S::revoked, V::affirming, F::fresh) == display::revoked);
  CHECK(shown_as(S::pending, V::contraindicated, F::fresh) == display::pending);
  CHECK(shown_as(S::enrolled, V::contraindicated, F::fresh) == display::untrusted);
  CHECK(shown_as(S::enrolled, V::contraindicated, F::stale) == display::untrusted);
  CHECK(shown_as(S::enrolled, V::affirming, F::stale) == display::stale);
  CHECK(shown_as(S::enrolled, V::warning, F::stale) == display::stale);
  CHECK(shown_as(S::enrolled, V::warning, F::fresh) == display::warning);
  CHECK(shown_as(S::enrolled, V::affirming, F::fresh) == display::trusted);
  CHECK(shown_as(S::enrolled, V::none, F::fresh) == display::unknown);
  CHECK(shown_as(S::enrolled, V::none, F::stale) == display::unknown);
}

TEST_CASE("values outside the enumeration are never good news") {
  CHECK(shown_as(static_cast<standing>(9), verdict::affirming, freshness::fresh) == display::unknown);
  CHECK(shown_as(standing::enrolled, static_cast<verdict>(9), freshness::fresh) == display::unknown);
  CHECK(shown_as(standing::enrolled, verdict::affirming, static_cast<freshness>(9)) == display::stale);
  CHECK(verdict{} == verdict::none);
  CHECK(standing{} == standing::pending);
  CHECK(freshness{} == freshness::stale);
}

TEST_CASE("a kernel boot id is read as the kernel prints it, and in no other form") {
  const auto id = boot_id_from("0f0e0d0c-0b0a-0908-0706-050403020100\n");
  REQUIRE(id);
  CHECK(to_string(*id) == "0f0e0d0c-0b0a-0908-0706-050403020100");
  CHECK_FALSE(boot_id_from("0f0e0d0c0b0a09080706050403020100"));
  CHECK_FALSE(boot_id_from("0f0e0d0c-0b0a-0908-0706-05040302010g"));
  CHECK_FALSE(boot_id_from("0f0e0d0c-0b0a-0908-0706-050403020100\n\n"));
}
