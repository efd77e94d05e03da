// A single policy file: what it may contain, and how it is refused.
#include "tests/settings/plain_grammar.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::settings;

namespace {

result<policy_document> read(std::string_view text) {
  return parse_policy_document("p.yaml", text, plain_grammar());
}

const std::string a_digest = "sha256:" + std::string(64, 'a');

} // namespace

TEST_CASE("a key that a policy file leaves out stays unset") {
  const auto got = read("version: 1\n");
  REQUIRE(got.ok());
  CHECK_FALSE(got->parent);
  CHECK_FALSE(got->files);
  CHECK_FALSE(got->exclude);
  CHECK_FALSE(got->exclude_matching);
  CHECK_FALSE(got->violations);
  CHECK(got->severities.empty());
  CHECK_FALSE(got->require.secure_boot);
  CHECK_FALSE(got->require.dbx_entries);
  CHECK_FALSE(got->require.dbx_digests);
  CHECK_FALSE(got->require.firmware);
  CHECK_FALSE(got->best.token);
}

TEST_CASE("every key of a policy file is read") {
  const auto got =
      read("version: 1\n"
           "parent: base\n"
           "ima:\n"
           "  mode: known-only\n"
           "  exclude: []\n"
           "  exclude_matching: ['/srv/x.*']\n"
           "  violations: count\n"
           "  policy_closes: true\n"
           "  harmless_parameters: [hugetlb_cma, megaraid_sas.]\n"
           "  harmless_commands: [our_function]\n"
           "  pcrs: [11, 13]\n"
           "bound_values: ['0 "
           + a_digest
           + " Example Corp. Model 5']\n"
             "severity: {boot.no-log: failure, ima.changed-file: warning}\n"
             "require:\n"
             "  secure_boot: required\n"
             "  boot_aggregate: required\n"
             "  ima_policy: command-line\n"
             "  dbx: {entries: 5, digests: ["
           + a_digest
           + "]}\n"
             "  command_line: {matches: ['a b'], must_not_match: [c]}\n"
             "  firmware: {at_least: 1.2}\n"
             "endorsement: {inventory: warning, vendor: none, token: affirming, operator: none}\n"
             "deny: ['"
           + a_digest + " CVE 1', " + a_digest + "]\n");
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->parent == "base");
  CHECK(got->parent_line == 2);
  CHECK(got->files == unknown_files::known_only);
  CHECK(got->exclude == std::vector<std::string>{});
  CHECK(got->exclude_matching == std::vector<std::string>{"/srv/x.*"});
  CHECK(got->violations == unmeasured_files::count);
  CHECK(got->ima_pcrs == (1U << 11U | 1U << 13U));
  CHECK_FALSE(read("version: 1\nima: {pcrs: [7]}\n").ok()); // the firmware's
  CHECK(got->severities.at("boot.no-log") == severity::failure);
  CHECK(got->severities.at("ima.changed-file") == severity::warning);
  CHECK(got->require.secure_boot == claim_demand::required);
  CHECK(got->require.boot_aggregate == claim_demand::required);
  CHECK(got->require.ima_policy == ima_policy_demand::command_line);
  CHECK(got->policy_closes == true);
  CHECK(got->harmless_parameters == std::vector<std::string>{"hugetlb_cma", "megaraid_sas."});
  CHECK(got->harmless_commands == std::vector<std::string>{"our_function"});
  for (const auto* bad : {"''", "a=b", "'a b'", "."})
    CHECK_FALSE(read("version: 1\nima: {harmless_parameters: [" + std::string{bad} + "]}\n").ok());
  CHECK(got->require.dbx_entries == 5);
  CHECK(got->require.dbx_digests
        == std::vector<stated_digest>{{hash_algorithm::sha256, std::vector<std::uint8_t>(32, 0xaa)}});
  CHECK(got->require.matches == std::vector<std::string>{"a b"});
  CHECK(got->require.must_not_match == std::vector<std::string>{"c"});
  CHECK(got->require.firmware == "1.2");
  CHECK(got->best.inventory == verdict::warning);
  CHECK(got->best.vendor == verdict::none);
  CHECK(got->best.token == verdict::affirming);
  CHECK(got->best.operator_approved == verdict::none);
  const stated_digest denied{hash_algorithm::sha256, std::vector<std::uint8_t>(32, 0xaa)};
  CHECK(got->bound_values
        == std::vector<stated_bound_value>{
            {0, {hash_algorithm::sha256, std::vector<std::uint8_t>(32, 0xaa)}, "Example Corp. Model 5"}});
  CHECK(got->deny == std::vector<stated_denial>{{denied, "CVE 1"}, {denied, {}}});
  CHECK(read("version: 1\nrequire: {firmware: {at_least: any}}\n")->require.firmware == "");
}

TEST_CASE("a policy file is refused with file, line and reason") {
  struct row {
    std::string text;
    const char* says;
  };
  const row rows[] = {
      {"", "p.yaml:1: "},
      {"ima: {mode: strict}\n", "p.yaml:1: version: missing; write version: 1"},
      {"version: 2\n", "p.yaml:1: version: expected 1, the one format that this release reads, found 2"},
      {"version: x\n", "p.yaml:1: version: expected a whole number"},
      {"version: 1\nname: x\n", "p.yaml:2: name: unknown key; known here: bound_values, deny, endorsement, "
                                "ima, parent, require, severity, version"},
      {"version: 1\nparent: ../x\n", "p.yaml:2: parent: expected"},
      {"version: 1\nparent: ''\n", "p.yaml:2: parent: expected"},
      {"version: 1\nima:\n  mode: lax\n", "p.yaml:3: ima.mode: expected strict or known-only, found \"lax\""},
      {"version: 1\nima:\n  modes: strict\n", "p.yaml:3: ima.modes: unknown key"},
      {"version: 1\nima:\n  exclude: [/]\n", "p.yaml:3: ima.exclude[0]: expected an absolute path"},
      {"version: 1\nima:\n  exclude: [/srv, /usr]\n",
       "p.yaml:3: ima.exclude[1]: expected a directory of data, found \"/usr\""},
      {"version: 1\nima:\n  exclude_matching:\n    - '/a'\n    - '/b('\n",
       "p.yaml:5: ima.exclude_matching[1]: expected a pattern: missing )"},
      {"version: 1\nima:\n  exclude_matching: [/a, /b, /c]\n",
       "p.yaml:3: ima.exclude_matching: expected at most 2 entries"},
      {"version: 1\nima: {violations: ignore}\n",
       "p.yaml:2: ima.violations: expected count or note or warning"},
      {"version: 1\nseverity:\n  quote.signature: note\n", "p.yaml:3: severity.quote.signature: unknown key"},
      {"version: 1\nseverity:\n  boot.no-log: info\n", "p.yaml:3: severity.boot.no-log: expected note or"},
      {"version: 1\nseverity:\n  ima.changed-file: note\n",
       "p.yaml:3: severity.ima.changed-file: expected warning or failure"},
      {"version: 1\nrequire: {secure_boot: on}\n", "p.yaml:2: require.secure_boot: expected required or any"},
      {"version: 1\nrequire:\n  dbx: {entries: -1}\n", "p.yaml:3: require.dbx.entries: expected"},
      {"version: 1\nrequire:\n  dbx: {digests: ['sha256:00']}\n",
       "p.yaml:3: require.dbx.digests[0]: expected"},
      {"version: 1\nrequire:\n  dbx: {digests: ['md5:" + std::string(32, '0') + "']}\n",
       "p.yaml:3: require.dbx.digests[0]: expected"},
      {"version: 1\nrequire:\n  dbx: {digests: ['sha256:" + std::string(64, 'A') + "']}\n",
       "p.yaml:3: require.dbx.digests[0]: expected"},
      {"version: 1\nrequire:\n  command_line: {matches: ['(']}\n",
       "p.yaml:3: require.command_line.matches[0]: expected a pattern"},
      {"version: 1\nrequire:\n  command_line: [a]\n", "p.yaml:3: require.command_line: expected"},
      {"version: 1\nrequire:\n  firmware: {at_least: newest}\n",
       "p.yaml:3: require.firmware.at_least: expected a version, found \"newest\""},
      {"version: 1\nendorsement: {none: affirming}\n", "p.yaml:2: endorsement.none: unknown key"},
      {"version: 1\nendorsement: {token: contraindicated}\n",
       "p.yaml:2: endorsement.token: expected affirming"},
      {"version: 1\nbound_values: ['4 " + a_digest + " x']\n",
       "p.yaml:2: bound_values[0]: expected one of PCR 0 to 3, 6 and 7 as the first part"},
      {"version: 1\nbound_values: ['10 " + a_digest + " x']\n",
       "p.yaml:2: bound_values[0]: expected one of PCR 0 to 3, 6 and 7 as the first part"},
      {"version: 1\nbound_values: ['0 " + a_digest + "']\n",
       "p.yaml:2: bound_values[0]: expected three parts with one blank between them"},
      {"version: 1\nbound_values: ['0 " + a_digest + " ']\n",
       "p.yaml:2: bound_values[0]: expected the model's name of 1 to 200 characters as the third part, it is "
       "empty"},
      {"version: 1\nbound_values: ['0 " + a_digest + " " + std::string(201, 'x') + "']\n",
       "p.yaml:2: bound_values[0]: expected the model's name of 1 to 200 characters as the third part, it "
       "has 201"},
      {"version: 1\nbound_values: ['0 sha1:" + std::string(40, 'a') + " x']\n",
       "p.yaml:2: bound_values[0]: expected sha256: and 64 digits of hex in lower case as the second part: "
       "it is a value of the bank sha1"},
      {"version: 1\nbound_values: ['0 sha256:00 x']\n",
       "p.yaml:2: bound_values[0]: expected sha256: and 64 digits of hex in lower case as the second part: "
       "it has "
       "9 characters, not 71"},
      {"version: 1\nbound_values: ['0 sha256:" + std::string(64, 'A') + " x']\n",
       "p.yaml:2: bound_values[0]: expected sha256: and 64 digits of hex in lower case as the second part: "
       "it has "
       "other characters"},
      {"version: 1\ndeny: ['sha256:00 why']\n", "p.yaml:2: deny[0]: expected a digest"},
      {"version: 1\ndeny: [" + a_digest + " 12345678901]\n",
       "p.yaml:2: deny[0]: expected a reason of at most 10 characters"},
      {"version: 1\ndeny: [" + a_digest + ", " + a_digest + " b, " + a_digest + " c]\n",
       "p.yaml:2: deny: expected at most 2 entries"},
      {"version: 1\nima: {mode: strict}\nima: {mode: known-only}\n", "p.yaml:3: ima: "},
  };
  for (const auto& r : rows) {
    CAPTURE(r.text);
    const auto got = read(r.text);
    REQUIRE_FALSE(got.ok());
    CHECK_MESSAGE(got.fault().check.starts_with(r.says), got.fault().check);
  }
}

TEST_CASE("all mistakes in a policy file are reported at once") {
  const auto got = read("version: 1\nima: {mode: lax}\nrequire: {secure_boot: on}\n");
  REQUIRE_FALSE(got.ok());
  CHECK(got.fault().check.find("p.yaml:2: ") != std::string::npos);
  CHECK(got.fault().check.find("p.yaml:3: ") != std::string::npos);
}
