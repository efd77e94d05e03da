#include "appraisal/extraction/extraction.hpp"
#include "appraisal/extraction/narrowing.hpp"
#include "appraisal/reference/reference_codec.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

TEST_CASE("a set that is narrowed by rules equals the set that the rules would have learnt") {
  file_claims files;
  push_file(files, "/usr/bin/ls", "ls");
  push_file(files, "/home/x", "x");
  extraction_rules rules;
  rules.pcrs &= ~(1U << 9 | 1U << 1);
  rules.leave_out = {{8, std::nullopt, pattern::make("initrd .*").value()},
                     {4, std::nullopt, pattern::make("Calling .*").value()}};
  rules.include_files = {pattern::make("/usr/.*").value()};
  const auto whole = extract(verified(grub_machine()), files, {}, "x").value();
  const auto narrow = narrowed(whole, rules);
  REQUIRE_MESSAGE(narrow.ok(), narrow.fault().check);
  const auto direct = extract(verified(grub_machine()), files, rules, "x").value();
  CHECK(same(to_record(*narrow).content(), to_record(direct).content()));
  // Narrowing the same set again by the default rules brings nothing back.
  CHECK(same(to_record(narrowed(*narrow, {}).value()).content(), to_record(*narrow).content()));
}

TEST_CASE("events of a PCR that the set knows only by value cannot be left out") {
  auto content = extract(verified(grub_machine()), {}, {}, "x").value();
  extraction_rules rules;
  rules.leave_out = {{11, std::nullopt, pattern::make("x").value()}};
  CHECK(narrowed(content, rules).fault().code == errc::denied); // it was extended, and no event says by what
  content.events.clear();
  rules.leave_out = {{8, std::nullopt, pattern::make("x").value()}};
  CHECK(narrowed(content, rules).fault().code == errc::denied);
}
