// The configuration with its folder of policies: taken as a whole, or refused with every reason.
#include "service/config/load_configuration.hpp"
#include "service/config/load_policies.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace muster;
using namespace muster::service;

namespace {

namespace fs = std::filesystem;

class folder {
public:
  folder() {
    fs::create_directory(path_ / "policies");
    put("service.yaml", "name: ras.example.org\npolicies: " + (path_ / "policies").string() + "\n");
  }

  void put(const std::string& name, const std::string& text) const { std::ofstream{path_ / name} << text; }
  result<configuration> load() const { return load_configuration((path_ / "service.yaml").string()); }
  std::string refusal() const {
    const auto got = load();
    return got ? "accepted" : got.fault().check;
  }

private:
  testing::temporary_folder own_;
  const fs::path& path_ = own_.path();
};

} // namespace

TEST_CASE("each file of the folder is the policy of its name; other files are not read") {
  const folder here;
  here.put("policies/default.yaml", "version: 1\nima: {violations: failure}\n");
  here.put("policies/web.yaml", "version: 1\nparent: default\nrequire: {secure_boot: required}\n");
  here.put("policies/web.yaml~", "no policy at all");
  here.put("policies/.hidden.yaml", "nor this");
  here.put("policies/README", "nor this");
  const auto got = here.load();
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  REQUIRE(got->policies.size() == 2);
  const auto& web = got->policies.at("web");
  CHECK(web.require.secure_boot == appraisal::demand::required);
  CHECK(web.of(appraisal::judged_check::violation) == severity::failure);
}

TEST_CASE("every mistake of every policy is reported with file, line and reason, and nothing is applied") {
  const folder here;
  here.put("policies/good.yaml", "version: 1\n");
  here.put("policies/a.yaml", "version: 1\nima:\n  mode: lax\n");
  here.put("policies/b.yaml", "version: 1\n\nrequire:\n  command_line:\n    matches: ['(']\n");
  const auto refused = here.refusal();
  CHECK_MESSAGE(refused.find("policies/a.yaml:3: ima.mode: expected strict or known-only")
                    != std::string::npos,
                refused);
  CHECK_MESSAGE(refused.find("policies/b.yaml:5: require.command_line.matches[0]: expected a pattern")
                    != std::string::npos,
                refused);
}

TEST_CASE("circles, orphans, odd names, missing folders and too many files are refused") {
  {
    const folder here;
    here.put("policies/a.yaml", "version: 1\nparent: b\n");
    here.put("policies/b.yaml", "version: 1\nparent: a\n");
    CHECK(here.refusal().find("b.yaml:2: parent: the policy descends from itself") != std::string::npos);
  }
  {
    const folder here;
    here.put("policies/a b.yaml", "version: 1\n");
    CHECK(here.refusal().find("a b.yaml: the file's name: expected") != std::string::npos);
  }
  {
    const folder here;
    here.put("service.yaml", "name: ras.example.org\npolicies: /no/such/folder\n");
    CHECK(here.refusal().starts_with("policies: /no/such/folder: "));
  }
  {
    const folder here;
    for (std::size_t i = 0; i <= max_policies; ++i)
      here.put("policies/g" + std::to_string(i) + ".yaml", "version: 1\n");
    CHECK(here.refusal().find("more than 256 policies") != std::string::npos);
  }
}

TEST_CASE("without a folder no group has its own policy") {
  const folder here;
  here.put("service.yaml", "name: ras.example.org\n");
  const auto got = here.load();
  REQUIRE(got.ok());
  CHECK(got->policies.empty());
}

TEST_CASE(
    "the section `policy` works like a policy file, over the defaults, with keys next to service.yaml") {
  const folder here;
  const auto with = [&](const std::string& policy) {
    here.put("service.yaml", "name: ras.example.org\npolicy:\n" + policy);
  };
  with("  ima: {violations: count}\n  severity: {boot.no-log: failure}\n  endorsement: {operator: none}\n");
  const auto got = here.load();
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  auto expected = appraisal::policy{};
  expected.violations = appraisal::violation_rule::count;
  expected.of(appraisal::judged_check::no_boot_log) = severity::failure;
  expected.cap[static_cast<std::size_t>(endorsement::operator_approved)] = verdict::none;
  CHECK(got->base == expected);
  with("  ima: {signatures: {keys: [keys/none.pem]}}\n");
  CHECK_MESSAGE(here.refusal().find("keys/none.pem") != std::string::npos, here.refusal());
}

TEST_CASE("a `policy` section with a defect is refused as a file with the same defect would be") {
  // Otherwise the policy would come into force with a record that no code can read back.
  const folder here;
  here.put("service.yaml", "name: ras.example.org\npolicy:\n  ima: {signatures: {mode: accept}}\n");
  CHECK_MESSAGE(
      here.refusal().ends_with("service.yaml: policy: ima.signatures: signatures are asked for, and no "
                               "key is pinned to verify them with"),
      here.refusal());
}
