// What holds for every line of a checkup.
#pragma once

#include "checkup/line.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <doctest/doctest.h>

namespace muster::checkup::testing {

/// A line that is not good says what to do; no line can change a terminal or begin another line.
inline void check_well_formed(const line& one) {
  CAPTURE(one.subject);
  CAPTURE(one.says);
  CHECK_FALSE(one.subject.empty());
  CHECK_FALSE(one.says.empty());
  CHECK((one.how == outcome::good) == one.remedy.empty());
  CHECK(printable(one.says) == one.says);
  CHECK(printable(one.remedy) == one.remedy);
}

inline bool says(const line& one, std::string_view words) {
  return one.says.find(words) != std::string::npos;
}
inline bool advises(const line& one, std::string_view words) {
  return one.remedy.find(words) != std::string::npos;
}

} // namespace muster::checkup::testing
