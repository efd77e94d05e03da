// What breaks if these fail: a machine reports the same violations under new names in every whole log, and
// each name becomes a file on record with a number that is never reused; or a violation disappears from the
// record.
#include "appraisal/claims/file_claims.hpp"
#include "appraisal/files/appraise_files.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace muster;
using namespace muster::appraisal;

namespace {

void violate(file_claims& out, std::string_view path, byte_view digest = {}) {
  REQUIRE(out.push({file_kind::violation, hash_algorithm::sm3_256, digest, path}));
}

std::string name_of(std::size_t i) { return "/data/" + std::to_string(i); }

std::set<std::string> names_in(const file_claims& files) {
  std::set<std::string> out;
  for (std::size_t i = 0; i < files.size(); ++i)
    out.emplace(files[i].path);
  return out;
}

} // namespace

TEST_CASE(
    "check 19: the first names of violations are kept, and all others become one violation without a name") {
  constexpr std::size_t told = 1000;
  file_claims files;
  std::set<std::string> first{""};
  for (std::size_t i = 0; i < told; ++i) {
    const auto name = name_of((i * 7919) % told); // in no order
    const auto digest = bytes(32, static_cast<std::uint8_t>(i));
    violate(files, name, digest);
    if (i < file_claims::max_names) first.insert(name);
  }
  CHECK(files.size() == told); // none is left out
  CHECK(names_in(files) == first);
  for (std::size_t i = 0; i < files.size(); ++i) {
    CHECK(files[i].kind == file_kind::violation);
    CHECK(std::ranges::all_of(files[i].digest, [](std::uint8_t byte) { return byte == 0; }));
  }
  // Once each, as they are put on record and as they are read back.
  auto recorded = files;
  recorded.make_distinct();
  CHECK(recorded.size() == file_claims::max_names + 1);
  CHECK(names_in(recorded) == first);
  file_claims again;
  for (std::size_t i = 0; i < recorded.size(); ++i)
    REQUIRE(again.push(recorded[i]));
  CHECK(names_in(again) == first);
  CHECK(again.size() == recorded.size());
  // A kept name still identifies its violation, after any number of others and in a copy.
  auto copy = again;
  for (auto* each : {&files, &copy}) {
    violate(*each, name_of(0));
    CHECK((*each)[each->size() - 1].path == name_of(0));
    violate(*each, name_of(told));
    CHECK((*each)[each->size() - 1].path.empty());
  }
}

TEST_CASE("check 19: a violation's name is short, and takes no room from names of files") {
  file_claims files;
  const std::string longest(file_claims::max_path, 'p');
  violate(files, longest + "a");
  violate(files, longest + "b"); // the same in the part that is kept
  violate(files, {});            // has no name to begin with
  REQUIRE(files.size() == 3);
  CHECK(files[0].path == longest.substr(0, file_claims::max_name));
  CHECK(files[0] == files[1]);
  CHECK(files[2].path.empty());
  // A digest covers these entries, and their names count.
  const bytes digest(32, 1);
  for (std::size_t i = 0; i < 2 * file_claims::max_names; ++i)
    REQUIRE(files.push({file_kind::file, hash_algorithm::sha256, digest, name_of(i)}));
  CHECK(names_in(files).size() == 2 + 2 * file_claims::max_names);
  for (std::size_t i = 0; i < file_claims::max_names - 1; ++i)
    violate(files, "/tmp/" + std::to_string(i));
  CHECK(files[files.size() - 1].path == "/tmp/" + std::to_string(file_claims::max_names - 2));
  violate(files, "/tmp/more");
  CHECK(files[files.size() - 1].path.empty());
}

TEST_CASE("check 19: violations without a name give one finding, which says how many they are") {
  file_claims files;
  for (std::size_t i = 0; i < file_claims::max_names; ++i)
    violate(files, name_of(i));
  const policy rules;
  CHECK(appraise_files(files, nullptr, rules).total == file_claims::max_names);
  const std::size_t more = 300'000;
  for (std::size_t i = 0; i < more; ++i)
    violate(files, "/made/up/" + std::to_string(i));
  for (const auto level : {severity::note, severity::warning, severity::failure}) {
    auto weighing = rules;
    weighing.of(judged_check::violation) = level;
    const auto found = appraise_files(files, nullptr, weighing);
    CHECK(found.total == file_claims::max_names + 1);
    REQUIRE(found.findings.size() == file_claims::max_names + 1);
    CHECK(found.worst == level);
    const auto& last = found.findings.back();
    CHECK(last.check == "ima.violation");
    CHECK(last.level == level);
    CHECK(last.subject == "(name not kept)");
    CHECK(last.sentence.starts_with("At least 300000 times "));
  }
  auto counting = rules;
  counting.violations = violation_rule::count;
  const auto counted = appraise_files(files, nullptr, counting);
  CHECK(counted.total == 0);
  CHECK(counted.skipped == file_claims::max_names + more);

  // The record has each violation once. All it knows of the nameless ones is that there was at least one.
  file_claims recorded = files;
  recorded.make_distinct();
  const auto later = appraise_files(recorded, nullptr, rules);
  CHECK(later.total == file_claims::max_names + 1);
  CHECK(later.worst == severity::warning);
  CHECK(std::ranges::count(later.findings, std::string{"(name not kept)"}, &finding::subject) == 1);
}

TEST_CASE(
    "check 19: a violation without a name weighs as much as any other, and does not get lost among others") {
  file_claims files;
  violate(files, {});
  const bytes digest(32, 1);
  policy rules;
  rules.denied.add({hash_algorithm::sha256, crypto::digest{digest}, {}});
  REQUIRE(files.push({file_kind::file, hash_algorithm::sha256, digest, "/usr/bin/evil"}));
  for (int i = 0; i < 3; ++i)
    violate(files, {});
  const auto found = appraise_files(files, nullptr, rules);
  REQUIRE(found.findings.size() == 2);
  CHECK(found.findings[0].check == "ima.denied-file");
  CHECK(found.findings[1].sentence.starts_with("At least 4 times "));
  file_claims one;
  violate(one, {});
  const auto alone = appraise_files(one, nullptr, rules);
  REQUIRE(alone.findings.size() == 1);
  CHECK(alone.findings[0].level == severity::warning);
  CHECK(alone.findings[0].sentence.starts_with("At least once "));
}
