// What breaks if this fails: an id, or the beginning of one, leads to another machine that has it as its
// name.
#include "standing/people_changes.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

TEST_CASE("a name can never be mistaken for a machine's id") {
  for (const char* good : {"web-1", "a", "deadbee", "035c4e6g", "cafe-035c4e63", "..."})
    CHECK_MESSAGE(check_name(good).ok(), good);
  CHECK(check_name(std::string(64, 'x')).ok());
  for (const auto& bad :
       {std::string{"035c4e63"}, std::string{"035C4E63"}, std::string{"deadbeef0"}, std::string(64, 'a'),
        std::string(63, 'b'), std::string{"."}, std::string{".."}, std::string{}, std::string(65, 'x'),
        std::string{"a b"}, std::string{"a/b"}, std::string{"-x"}, std::string{"--yes"}})
    CHECK_MESSAGE(!check_name(bad).ok(), bad);
}
