#include "appraisal/verdict/cause_table.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;

namespace {

finding about(std::string check, std::string subject, severity level = severity::failure,
              std::string found = "x") {
  finding f;
  f.level = level;
  f.check = std::move(check);
  f.subject = std::move(subject);
  f.found = std::move(found);
  return f;
}

} // namespace

TEST_CASE("one cause on hundreds of machines is one line, and the worst cause comes first") {
  cause_table table;
  for (int i = 0; i < 300; ++i)
    table.add("web-" + std::to_string(i), {about("ima.unknown-file", "/usr/bin/implant")});
  table.add("db-1", {about("boot.command-line", "PCR 8"), about("ima.violation", "/x", severity::warning)});
  const auto causes = table.worst_first();
  REQUIRE(causes.size() == 3);
  CHECK(causes[0].machines == 300);
  CHECK(causes[0].some.size() == cause::max_named);
  CHECK(causes[1].example.check == "boot.command-line");
  CHECK(causes[2].example.level == severity::warning);
}

TEST_CASE("causes differ by what was found: two contents of one path are two, notes are none, a repeat "
          "counts once") {
  cause_table table;
  table.add("a", {about("ima.changed-file", "/bin/sh", severity::failure, "1"),
                  about("ima.changed-file", "/bin/sh", severity::failure, "1"),
                  about("boot.configuration", "PCR 1", severity::note)});
  table.add("b", {about("ima.changed-file", "/bin/sh", severity::failure, "2")});
  const auto causes = table.worst_first();
  REQUIRE(causes.size() == 2);
  CHECK(causes[0].machines == 1);
}

TEST_CASE(
    "one demand that is missed in two ways is two causes, and a number in a sentence makes no other one") {
  const auto missed = [](std::string sentence) {
    auto f = about("require.ima-policy", "IMA policy");
    f.sentence = std::move(sentence);
    return f;
  };
  cause_table table;
  table.add("a", {missed("The initial RAM disk is not judged.")});
  table.add("b", {missed("The policy is not known.")});
  table.add("c", {missed("The policy is not known.")});
  table.add("d", {missed("It happened at least 3 times.")});
  table.add("e", {missed("It happened at least 14 times.")});
  const auto causes = table.worst_first();
  REQUIRE(causes.size() == 3);
  CHECK(causes[0].machines == 2);
  CHECK(causes[1].machines == 2);
  CHECK(causes[2].machines == 1);
}

TEST_CASE("causes are bounded, and those left out are counted") {
  cause_table table;
  for (std::size_t i = 0; i < cause_table::max_causes + 5; ++i)
    table.add("m", {about("ima.unknown-file", std::to_string(i))});
  CHECK(table.worst_first().size() == cause_table::max_causes);
  CHECK(table.left_out() == 5);
}
