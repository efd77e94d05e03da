#include "appraisal/policy/policy_codec.hpp"
#include "appraisal/policy/policy_family.hpp"
#include "tests/settings/shipped.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;

namespace {

named_document document(const std::string& name, std::string_view text) {
  auto read = settings::parse_policy_document(name + ".yaml", text, policy_grammar());
  REQUIRE_MESSAGE(read.ok(), read.fault().check);
  return {name, *std::move(read)};
}

std::string refused(const std::vector<named_document>& all) {
  const auto got = resolve_policies(all);
  return got ? "accepted" : got.fault().check;
}

} // namespace

TEST_CASE("the shipped policy states every default") {
  const auto text = shipped_file("configs/policy.yaml");
  const auto all = resolve_policies(std::vector{document("policy", text)});
  REQUIRE(all.ok());
  CHECK(all->at("policy") == policy{});
  for (const auto& check : policy_grammar().checks)
    CHECK_MESSAGE(text.find("  " + std::string{check.name} + ": ") != std::string::npos, check.name);
}

TEST_CASE("the worked examples resolve, and do what their comments promise") {
  const std::vector all{document("servers", shipped_file("configs/policies/servers.yaml")),
                        document("builders", shipped_file("configs/policies/builders.yaml"))};
  const auto got = resolve_policies(all);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  const auto& servers = got->at("servers");
  const auto& builders = got->at("builders");
  CHECK(servers.exclude.empty());
  CHECK(servers.of(judged_check::violation) == severity::failure);
  CHECK(servers.require.secure_boot == demand::required);
  CHECK(servers.require.ima_policy == ima_policy_demand::file);
  CHECK(builders.files == file_mode::known_only);
  CHECK(builders.violations == violation_rule::count);
  CHECK(builders.exclude == std::vector<std::string>{"/var/log"});
  CHECK(builders.require.secure_boot == demand::required); // from its parent
  CHECK(builders.require.dbx_entries == 0);
  CHECK(digest_of(servers) != digest_of(builders));
}

TEST_CASE("a policy excludes no place of programs, as a directory or as a pattern") {
  for (const auto* line : {"exclude: [/srv, /usr]", "exclude: [/srv, /usr/bin/x]",
                           "exclude_matching: ['/srv', '/usr/lib/x/.*']"}) {
    const auto read = settings::parse_policy_document(
        "p.yaml", "version: 1\nima:\n  " + std::string{line} + '\n', policy_grammar());
    REQUIRE_FALSE_MESSAGE(read.ok(), line);
    CHECK_MESSAGE(read.fault().check.find("[1]: expected a ") != std::string::npos, read.fault().check);
  }
}

TEST_CASE("a document inherits from its parent what it leaves out, and its lists replace the parent's") {
  const std::vector all{
      document("child", "version: 1\nparent: mother\nima: {exclude: [/srv]}\n"),
      document("mother", "version: 1\nparent: granny\nseverity: {boot.no-log: failure}\n"
                         "require: {firmware: {at_least: any}}\n"),
      document("granny", "version: 1\nima: {exclude: [/a, /b], violations: failure}\n"
                         "severity: {boot.no-log: note, boot.debug-mode: failure}\n"
                         "require: {firmware: {at_least: 1.2}, dbx: {digests: ['sha256:"
                             + std::string(64, '0') + "']}}\nendorsement: {token: affirming}\n"),
  };
  const auto got = resolve_policies(all);
  REQUIRE(got.ok());
  CHECK(got->size() == 3);
  const auto& child = got->at("child");
  CHECK(child.exclude == std::vector<std::string>{"/srv"});
  CHECK(child.of(judged_check::violation) == severity::failure);
  CHECK(child.of(judged_check::no_boot_log) == severity::failure);
  CHECK(child.of(judged_check::debug_mode) == severity::failure);
  CHECK(child.require.firmware_at_least.empty());
  CHECK(child.require.dbx_digests.size() == 1);
  CHECK(child.cap[static_cast<std::size_t>(endorsement::token)] == verdict::affirming);
  CHECK(got->at("granny").require.firmware_at_least == "1.2");
}

TEST_CASE("a child cannot take back what its parent denies") {
  const auto digest = [](char c) { return "'sha256:" + std::string(64, c); };
  const auto got = resolve_policies(std::vector{
      document("child", "version: 1\nparent: mother\ndeny: [" + digest('b') + "']\n"),
      document("silent", "version: 1\nparent: mother\ndeny: []\n"),
      document("mother", "version: 1\ndeny: [" + digest('a') + " CVE-2026-1234']\n"),
  });
  REQUIRE(got.ok());
  CHECK(got->at("mother").denied.entries().size() == 1);
  CHECK(got->at("silent").denied == got->at("mother").denied);
  REQUIRE(got->at("child").denied.entries().size() == 2);
  CHECK(got->at("child").denied.entries()[0].reason == "CVE-2026-1234");
}

TEST_CASE("a missing parent, a circle and too many generations are refused with file and line") {
  CHECK(refused({document("a", "version: 1\nima: {mode: strict}\nparent: b\n")})
        == "a.yaml:3: parent: there is no policy b next to this one");
  CHECK(refused({document("a", "version: 1\nparent: a\n")})
        == "a.yaml:2: parent: the policy descends from itself, by way of a");
  const auto circle =
      refused({document("a", "version: 1\nparent: b\n"), document("b", "version: 1\nparent: a\n")});
  CHECK(circle.find("a.yaml:2: ") != std::string::npos);
  CHECK(circle.find("b.yaml:2: ") != std::string::npos);
  std::vector<named_document> dynasty{document("p0", "version: 1\n")};
  for (std::size_t i = 1; i <= max_generations; ++i)
    dynasty.push_back(
        document("p" + std::to_string(i), "version: 1\nparent: p" + std::to_string(i - 1) + "\n"));
  CHECK(refused(dynasty) == "p8.yaml:2: parent: expected at most 8 generations");
}

TEST_CASE("pinned keys are read from files next to the policy, and are part of its digest") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256).pub();
  const auto grammar = policy_grammar([&](std::string_view name) -> result<bytes> {
    if (name == "keys/release.pem") return to_bytes(as_bytes(key.pem()));
    if (name == "text.pem") return to_bytes(as_bytes("no key"));
    return fault{errc::io, "no such file"};
  });
  const auto read = [&](std::string_view ima) {
    return settings::parse_policy_document("p.yaml", "version: 1\nima:\n" + std::string{ima}, grammar);
  };
  const auto resolved = [&](std::string_view ima) {
    const auto document = read(ima);
    REQUIRE_MESSAGE(document.ok(), document.fault().check);
    auto all = resolve_policies(std::vector{named_document{"p", *document}});
    return all ? result<policy>{all->at("p")} : result<policy>{all.fault()};
  };
  const auto full =
      resolved("  signatures: {mode: accept, keys: [keys/release.pem], require: ['/usr/bin/.*']}\n"
               "  buffers:\n"
               "    keyrings: ['.ima sha256:"
               + std::string(64, 'a')
               + "', '.evm any']\n"
                 "    kexec_cmdline: ['root=.*']\n");
  REQUIRE_MESSAGE(full.ok(), full.fault().check);
  CHECK(full->signatures.mode == signature_mode::accept);
  REQUIRE(full->signatures.keys.size() == 1);
  CHECK(full->signatures.keys[0].spki() == key.spki());
  CHECK(full->signatures.required[0].matches("/usr/bin/ls"));
  REQUIRE(full->buffers.keyrings.size() == 2);
  CHECK(full->buffers.keyrings[0].digest.has_value());
  CHECK_FALSE(full->buffers.keyrings[1].digest.has_value());

  const auto back = policy_from(to_record(*full).read_back());
  REQUIRE_MESSAGE(back.ok(), back.fault().check);
  CHECK(digest_of(*back) == digest_of(*full)); // rules come back sorted
  CHECK(back->signatures == full->signatures);
  auto other = *full;
  other.signatures.keys.clear();
  other.signatures.keys.push_back(
      pinned_key::from_file(as_bytes(crypto::private_key::make_ec(crypto::curve::p256).pub().pem())).value());
  CHECK(digest_of(other) != digest_of(*full));

  const auto refusal = [&](std::string_view ima) {
    const auto document = read(ima);
    return document ? std::string{"accepted"} : document.fault().check;
  };
  CHECK(refusal("  signatures: {keys: [missing.pem]}\n")
            .starts_with("p.yaml:3: ima.signatures.keys[0]: no such file"));
  CHECK(refusal("  signatures: {keys: [text.pem]}\n").find("expected a certificate or public key")
        != std::string::npos);
  CHECK(refusal("  buffers: {keyrings: ['.ima']}\n").find("expected a name, a blank") != std::string::npos);
  CHECK(refusal("  buffers: {keyrings: ['.ima sha1:00']}\n").find("expected a name, a blank")
        != std::string::npos);
  CHECK_FALSE(resolved("  signatures: {mode: accept}\n").ok()); // without a key no signature could hold
  CHECK_FALSE(resolved("  signatures: {require: ['/usr/bin/.*']}\n").ok());
}
