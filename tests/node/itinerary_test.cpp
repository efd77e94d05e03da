#include "node/ra_agent/itinerary.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace muster;
using namespace muster::node;
using namespace std::chrono_literals;

namespace {
constexpr std::uint64_t least = 0;
using code = wire::Fault::Code;
} // namespace

TEST_CASE("addresses are tried in order without a pause; then a back-off grows up to its bound") {
  itinerary route{3};
  CHECK(route.first() == leg{0, 0ms});
  std::chrono::milliseconds expected = 500ms; // half of the first second, with the least chance
  for (int round = 0; round < 10; ++round) {
    CHECK(route.after_failure(least) == leg{1, 0ms});
    CHECK(route.after_failure(least) == leg{2, 0ms});
    CHECK(route.after_failure(least) == leg{0, expected});
    expected = std::min<std::chrono::milliseconds>(2 * expected, 30s);
  }
}

TEST_CASE("a back-off is random between half and all of it") {
  for (std::uint64_t chance : {0ULL, 1ULL, 499ULL, 500ULL, ~0ULL}) {
    itinerary route{1};
    const auto next = route.after_failure(chance);
    CHECK(next.wait >= 500ms);
    CHECK(next.wait <= 1000ms);
  }
}

TEST_CASE("an answered beat ends the back-off") {
  itinerary route{1};
  for (int i = 0; i < 8; ++i)
    route.after_failure(least);
  route.arrived();
  CHECK(route.after_failure(least).wait == 500ms);
}

TEST_CASE("after a session the agent comes back within the spread, or within a dozen of its beats") {
  itinerary route{2};
  CHECK(route.after_loss(10s, 120'000).wait == 120s);
  CHECK(route.after_loss(10s, 120'001).wait == 0ms);
  CHECK(route.after_loss(1h, 120'000).wait == 120s);
  CHECK(route.after_loss(100ms, 1200).wait == 1200ms);
  CHECK(route.after_loss(100ms, 1201).wait == 0ms);
  CHECK(route.after_loss(100ms, 5).address == 0);
}

TEST_CASE("a spread from the service is the only one that counts, for fast beats and slow ones") {
  itinerary route{2};
  route.learn_spread(300s);
  CHECK(route.after_loss(100ms, 300'000).wait == 300s);
  CHECK(route.after_loss(1h, 300'001).wait == 0ms);
  route.learn_spread(1ms);
  CHECK(route.after_loss(10s, 12'345).wait <= 1ms);
}

TEST_CASE("the service's answer decides how long the agent stays away") {
  struct row {
    code why;
    std::chrono::milliseconds retry_after;
    std::chrono::milliseconds wait;
  };
  for (const auto& r :
       {row{code::SUPERSEDED, 0ms, 300s}, row{code::DENIED, 0ms, 300s}, row{code::REVOKED, 0ms, 300s},
        row{code::VERSION, 0ms, 300s}, row{code::BUSY, 0ms, 500ms}, row{code::INTERNAL, 0ms, 500ms},
        row{code::LIMIT, 0ms, 500ms}, row{code::UNKNOWN, 0ms, 0ms}, row{code::BUSY, 7s, 7s},
        row{code::LIMIT, 420s, 420s}, row{code::LIMIT, std::chrono::hours{1000}, 600s},
        row{code::DENIED, 7s, 300s}, row{static_cast<code>(99), 0ms, 500ms}}) {
    itinerary route{1};
    CHECK(route.after_refusal({r.why, {}, r.retry_after}, least).wait == r.wait);
  }
}

TEST_CASE("a service that forgets the machine again and again is asked with pauses") {
  itinerary route{1};
  CHECK(route.after_refusal({code::UNKNOWN, {}, 0ms}, least).wait == 0ms);
  CHECK(route.after_admission(least).wait == 0ms);
  CHECK(route.after_refusal({code::UNKNOWN, {}, 0ms}, least).wait == 1000ms);
  CHECK(route.after_refusal({code::UNKNOWN, {}, 0ms}, least).wait == 2000ms);
}

TEST_CASE("admissions that lead to no answered beat slow down, whatever happens in between") {
  std::mt19937_64 random{20261129};
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    itinerary route{1 + random() % 3};
    std::chrono::milliseconds passed{0};
    unsigned admissions = 0;
    while (passed < 1h) {
      passed += route.after_admission(random()).wait;
      ++admissions;
      switch (random() % 4) { // the reason why the certificate was not accepted
      case 0: passed += route.after_failure(random()).wait; break;
      case 1: passed += route.after_refusal({code::UNKNOWN, {}, 0ms}, random()).wait; break;
      case 2: route.heard(); break; // meanwhile it waited for an operator
      default: break;
      }
    }
    CHECK(admissions <= 130); // at least 30 s apart in the end
  }
  itinerary route{1};
  for (int i = 0; i < 10; ++i)
    route.after_admission(least);
  route.arrived();
  CHECK(route.after_admission(least).wait == 0ms);
}

TEST_CASE("a pending machine comes back when the service said, within reason") {
  itinerary route{1};
  CHECK(route.after_pending(60s, least).wait == 60s);
  CHECK(route.after_pending(60s, 6000).wait == 66s);
  CHECK(route.after_pending(0ms, least).wait == 100ms);
  CHECK(route.after_pending(24h, least).wait == 600s);
}
