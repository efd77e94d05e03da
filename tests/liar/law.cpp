#include "tests/liar/law.hpp"

#include "appraisal/policy/policy_family.hpp"
#include "tests/liar/lesson.hpp"
#include "tests/tpm/machines.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace muster::liar {

using namespace service;

namespace {

constexpr std::uint32_t mask_of(std::initializer_list<unsigned> pcrs) {
  std::uint32_t out = 0;
  for (const auto pcr : pcrs)
    out |= 1U << pcr;
  return out;
}

constexpr auto firmware_only = mask_of({0, 2, 3, 4, 7, 14});

constexpr law all_laws[] = {
    {"default", "version: 1\n"},
    {"strict",
     "version: 1\n"
     "ima: {exclude: [], violations: failure}\n"
     "severity: {boot.no-log: failure, boot.separator: failure, boot.debug-mode: failure,\n"
     "           boot.audit-mode: failure, boot.validation-off: failure, boot.log-incomplete: failure,\n"
     "           boot.sha1-log: failure, boot.log-banks: failure, ima.not-a-file: failure,\n"
     "           ima.no-log: failure}\n"
     "require: {boot_aggregate: required}\n"},
    // For machines whose boots may differ, as in configs/rules/firmware.yaml.
    {"servers",
     "version: 1\n"
     "ima: {exclude: [], violations: failure}\n"
     "severity: {boot.no-log: failure, boot.validation-off: failure, boot.debug-mode: failure,\n"
     "           boot.audit-mode: failure, ima.no-log: failure}\n"
     "require:\n"
     "  boot_aggregate: required\n"
     "  ima_policy: command-line\n"
     "  command_line: {must_not_match: ['(.* )?init=.*', '(.* )?lockdown=none( .*)?']}\n",
     firmware_only},
    {"structure",
     "version: 1\n"
     "severity: {boot.separator: failure, boot.debug-mode: failure, boot.audit-mode: failure,\n"
     "           boot.validation-off: failure, boot.log-incomplete: failure}\n",
     mask_of({0, 3, 4, 14})},
    {"unified", "version: 1\nrequire: {unified_kernel: required}\n", firmware_only},
    {"no-roms", "version: 1\nrequire: {no_option_roms: required, secure_boot: required}\n",
     mask_of({0, 3, 4, 14})},
    {"known-only", "version: 1\n"
                   "ima:\n"
                   "  mode: known-only\n"
                   "  buffers: {kexec_cmdline: ['root=/dev/vda1 ro']}\n"},
    {"signed",
     "version: 1\nima: {exclude: [], signatures: {keys: [release.pem], require: ['/usr/s?bin/[^/]*']}}\n"},
    {"deny-loader", "version: 1\ndeny: ['sha256:$LOADER CVE-2026-0001']\n"},
    {"deny-initrd", "version: 1\ndeny: ['sha256:$INITRD CVE-2026-0002']\n", firmware_only},
    {"deny-program", "version: 1\ndeny: ['sha256:$PROGRAM CVE-2026-0003']\n"},
    {"sha1-list", "version: 1\nima: {exclude: []}\n", 0, true},
    {"two lists",
     "version: 1\n"
     "ima: {mode: known-only, pcrs: [13]}\n"
     "require: {boot_aggregate: required, ima_policy: command-line}\n",
     firmware_only},
};

std::string hex_of_line(const machine& good, std::size_t at) {
  constexpr std::size_t sha256 = 1;
  return at < good.boot.lines.size() ? to_hex(good.boot.lines[at].digests.digests[sha256].view())
                                     : std::string(64, 'e');
}

void replace(std::string& text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

result<bytes> read_key(std::string_view) { return key_content(); }

/// False where firmware starts the kernel itself: then no log shows the command line,
/// and the policy weighs that less.
bool logs_command_line(const machine& good) {
  return std::ranges::any_of(good.boot.lines,
                             [](const boot_line& line) { return line.pcr == 8 || line.pcr == 12; });
}

void weigh_less(std::string& policy, const std::string& check) {
  constexpr std::string_view has_weights = "severity: {";
  const auto at = policy.find(has_weights);
  if (at == std::string::npos)
    policy += "severity: {" + check + ": note}\n";
  else
    policy.insert(at + has_weights.size(), check + ": note, ");
}

std::shared_ptr<const appraisal::policy> policy_of(const law& which, const machine& good) {
  auto document = settings::parse_policy_document("policy.yaml", policy_text(which, good),
                                                  appraisal::policy_grammar(read_key));
  REQUIRE_MESSAGE(document.ok(), which.name << ": " << document.fault().check);
  const auto all =
      appraisal::resolve_policies(std::vector{appraisal::named_document{"p", *std::move(document)}});
  REQUIRE_MESSAGE(all.ok(), which.name << ": " << all.fault().check);
  return std::make_shared<const appraisal::policy>(all->at("p"));
}

void add_sha1(appraisal::file_claims& files, const machine& good) {
  for (const auto& line : good.list) {
    const auto path = path_of(line);
    const auto digest = crypto::hash(hash_algorithm::sha1, as_bytes(path));
    if (path.starts_with('/'))
      REQUIRE(files.push({appraisal::file_kind::file, hash_algorithm::sha1, digest.view(), path}));
  }
  files.make_distinct();
}

} // namespace

std::span<const law> laws() { return all_laws; }

std::string policy_text(const law& which, const machine& good) {
  std::string out = which.policy;
  if (!logs_command_line(good)) weigh_less(out, "ima.nothing-measured");
  replace(out, "$LOADER", hex_of_line(good, good.boot.loader()));
  replace(out, "$INITRD", hex_of_line(good, good.boot.find(9, "initrd")));
  replace(out, "$PROGRAM", to_hex(digest_in(good.list.back())));
  return out;
}

bytes key_content() { return testing::read_test_data("vm/grub-sb/ak.pem"); }

std::size_t law_named(std::string_view name) {
  const auto at =
      std::ranges::find(all_laws, name, [](const law& one) { return std::string_view{one.name}; });
  REQUIRE_MESSAGE(at != std::end(all_laws), "unknown law: " << name);
  return static_cast<std::size_t>(at - std::begin(all_laws));
}

appraisal::extraction_rules rules_of(const law& which) {
  appraisal::extraction_rules out;
  if (which.pcrs != 0) out.pcrs = which.pcrs;
  return out;
}

std::shared_ptr<const appraisal::reference_set>
reference_of(const law& which, const machine& good, const context_ptr& without,
             const std::shared_ptr<const testing::soft_tpm>& key) {
  judge first{key, without};
  auto tpm = good.tpm;
  first.attest(honest_account(good), tpm);
  // No finding about the good machine counts.
  appraisal::policy lenient;
  lenient.levels.fill(severity::note);
  lenient.exclude.clear();
  auto content = taught(first, lenient, rules_of(which), good.name);
  REQUIRE_MESSAGE(content.ok(), good.name << ": " << content.fault().check);
  if (which.sha1_files) add_sha1(content->files, good);
  auto set = appraisal::reference_set::make(*std::move(content));
  REQUIRE_MESSAGE(set.ok(), set.fault().check);
  return *set;
}

context_ptr context_of(const law& which, const machine& good,
                       const std::shared_ptr<const testing::soft_tpm>& key) {
  auto out = std::make_shared<appraisal_context>();
  out->group = "liars";
  out->version = 1;
  out->policy = policy_of(which, good);
  out->policy_digest = crypto::sha256(as_bytes(std::string_view{which.policy}));
  const context_ptr without = std::make_shared<const appraisal_context>(*out);
  out->reference = reference_of(which, good, without, key);
  out->reference_digest = crypto::sha256(as_bytes(good.name + which.name));
  return out;
}

context_ptr later(const context_ptr& context) {
  auto out = std::make_shared<appraisal_context>(*context);
  ++out->version;
  return out;
}

context_ptr with_reference(const context_ptr& context,
                           std::shared_ptr<const appraisal::reference_set> reference) {
  auto out = std::make_shared<appraisal_context>(*context);
  ++out->version;
  out->reference = std::move(reference);
  out->reference_digest[0] ^= 1;
  return out;
}

} // namespace muster::liar
