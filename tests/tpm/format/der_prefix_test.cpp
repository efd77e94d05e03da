#include "tpm/format/der_prefix.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

TEST_CASE("a certificate in NV ends where its SEQUENCE does") {
  struct row {
    const char* input;
    const char* expected; // null: malformed
  };
  const row rows[] = {
      {"3000", "3000"},
      {"3002aabbffffff", "3002aabb"},
      {"308102aabb00", "308102aabb"},
      {"30820002aabb", "30820002aabb"},
      {"3083000001cc00", "3083000001cc"},
      {"", nullptr},
      {"30", nullptr},
      {"3102aabb", nullptr},       // a SET
      {"3003aabb", nullptr},       // longer than the index
      {"308003aabb0000", nullptr}, // indefinite length is not DER
      {"308400000001aa", nullptr}, // four octets of length: longer than any index
      {"308201", nullptr},
      {"ffffffff", nullptr}, // an index that was never filled
  };
  for (const auto& [input, expected] : rows) {
    CAPTURE(input);
    const auto raw = *from_hex(input);
    const auto cut = der_prefix(raw);
    REQUIRE(cut.ok() == (expected != nullptr));
    if (cut.ok())
      CHECK(to_hex(*cut) == expected);
    else
      CHECK(cut.fault().code == errc::malformed);
  }
}
