// What breaks if this fails: an operator names one finding, and another one is accepted.
#include "cli/references/finding_numbers.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::cli;

TEST_CASE("numbers and ranges of findings are read whole, each number once") {
  using numbers = std::vector<std::uint32_t>;
  const auto read = [](const std::vector<std::string>& texts) {
    const auto out = finding_numbers(texts);
    return out ? *out : numbers{};
  };
  CHECK(read({"3"}) == numbers{3});
  CHECK(read({"2,4-6"}) == numbers{2, 4, 5, 6});
  CHECK(read({"6,4-5", "2", "4"}) == numbers{2, 4, 5, 6});
  CHECK(read({"7-7"}) == numbers{7});
  CHECK(read({"1-256"}).size() == max_finding_numbers);
  CHECK(finding_numbers({}).ok());
  for (const std::string bad :
       {"",    "0",   "257", "1-257", "3-", "-3",  "5-4",   "1,",          ",1", "1,,2",
        "1;2", "1 2", " 1",  "1 ",    "+1", "0x1", "1-2-3", "99999999999", "N",  "1\n"}) {
    const auto out = finding_numbers({"1", bad});
    CHECK_MESSAGE(!out.ok(), bad);
    if (!out) CHECK(out.fault().check.starts_with("--finding: \""));
  }
}
