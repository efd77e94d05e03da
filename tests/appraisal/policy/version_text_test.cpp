#include "appraisal/policy/version_text.hpp"

#include <doctest/doctest.h>

using namespace muster::appraisal;

TEST_CASE("versions are compared number by number, and other names are not compared") {
  CHECK(compare_versions("1.9", "1.10") == std::strong_ordering::less);
  CHECK(compare_versions("1.0", "1") == std::strong_ordering::equal);
  CHECK(compare_versions("2", "1.99.99") == std::strong_ordering::greater);
  CHECK(compare_versions("007", "7") == std::strong_ordering::equal);
  for (const auto* text :
       {"", ".", "1.", ".1", "1..2", "v1", "1.2a", "1 2", "1234567890", "1.2.3.4.5.6.7.8.9"})
    CHECK_FALSE(compare_versions(text, "1").has_value());
}
