// `muster appraise` with a reference and a policy, over the boots of one real machine.
#include "appraisal/reference/reference_codec.hpp"
#include "cli/evidence/appraise.hpp"
#include "cli/evidence/offline_evidence.hpp"
#include "cli/files/policy_file.hpp"
#include "cli/files/reference_file.hpp"
#include "tests/tpm/machines.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

using namespace muster;
using namespace muster::cli;

namespace {

namespace fs = std::filesystem;

/// A folder that is deleted after the test.
class scratch_folder {
public:
  scratch_folder() : path_{fs::path{MUSTER_BINARY_DIR} / "judgement"} {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~scratch_folder() { fs::remove_all(path_); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::string at(const std::string& name) const { return (path_ / name).string(); }
  std::string put(const std::string& name, std::string_view content) const {
    std::ofstream{at(name), std::ios::binary} << content;
    return at(name);
  }

private:
  fs::path path_;
};

struct judged {
  int status = 0;
  std::string out;
  std::string err;
  bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
};

appraise_options evidence_of(const std::string& machine) {
  const auto base = std::string{MUSTER_SOURCE_DIR} + "/tests/data/vm/" + machine + "/";
  appraise_options out;
  out.ak = base + "ak.pub";
  out.quote = base + "quote-sha256.msg";
  out.signature = base + "quote-sha256.sig";
  out.pcrs = base + "quote-sha256.pcrs";
  const auto hex = testing::read_test_data("vm/" + machine + "/nonce.hex");
  out.nonce = std::string{as_text(hex).substr(0, 64)};
  out.event_log = base + "binary_bios_measurements";
  out.ima_log = base + "binary_runtime_measurements";
  return out;
}

judged appraise(const appraise_options& options) {
  std::ostringstream out;
  std::ostringstream err;
  const auto status = appraise_command(options, out, err);
  return {status, out.str(), err.str()};
}

/// The set of grub-sb, learnt through the command.
std::string learned(const scratch_folder& folder) {
  auto options = evidence_of("grub-sb");
  options.learn = folder.at("web.set");
  const auto got = appraise(options);
  REQUIRE_MESSAGE(got.status == exit_genuine, got.err);
  return *options.learn;
}

} // namespace

TEST_CASE("the exit status is the verdict") {
  const scratch_folder folder;
  const auto set = learned(folder);
  const auto strict =
      folder.put("strict.yaml", "version: 1\nrequire: {secure_boot: required, ima_policy: command-line,"
                                " boot_aggregate: required, dbx: {entries: 1}}\n");
  const auto harsh =
      folder.put("harsh.yaml", "version: 1\nparent: strict\nrequire: {dbx: {entries: 1000}}\n");
  const auto mild = folder.put("mild.yaml", "version: 1\nparent: harsh\nseverity: {require.dbx: warning}\n");
  const auto picky = folder.put("picky.yaml", "version: 1\nrequire:\n  command_line:\n"
                                              "    must_not_match: ['.*lockdown=none.*']\n");
  const auto proven =
      folder.put("proven.yaml", "version: 1\nima: {policy_closes: true}\nrequire: {ima_policy: file}\n");
  struct row {
    const char* machine;
    std::optional<std::string> reference;
    std::optional<std::string> policy;
    int status;
    const char* says;
  };
  const row rows[] = {
      {"grub-sb", set, {}, exit_genuine, "verdict"},
      {"grub-sb", set, strict, exit_genuine, "verdict"},
      {"grub-sb-reboot", set, strict, exit_genuine, "verdict"},
      {"grub-sb", set, proven, exit_not_genuine, "until root loads another policy"},
      {"grub-sb-cmdline", set, {}, exit_not_genuine, "boot.command-line"},
      {"grub-sb-cmdline", {}, picky, exit_not_genuine, "does not match .*lockdown=none.*"},
      {"grub-sb-initrd", set, {}, exit_not_genuine, "boot.initrd"},
      {"grub-sb", set, harsh, exit_not_genuine, "at least 1000 entries"},
      {"grub-sb", set, mild, exit_warning, "require.dbx"},
      {"grub-sb", {}, strict, exit_undecided, "verdict"},
      {"grub-sb", {}, harsh, exit_not_genuine, "require.dbx"},
      {"direct-tis", set, {}, exit_not_genuine, "boot.pcr-"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.machine);
    CAPTURE(r.policy.value_or("default"));
    auto options = evidence_of(r.machine);
    options.reference = r.reference;
    options.policy = r.policy;
    for (const auto format : {output_format::table, output_format::json}) {
      options.format = format;
      const auto got = appraise(options);
      CHECK(got.status == r.status);
      CHECK_MESSAGE(got.says(r.says), got.out);
      CHECK(got.err.empty());
    }
  }
}

TEST_CASE("check 45: a quote without a nonce is at most a warning") {
  const scratch_folder folder;
  const auto options = evidence_of("grub-sb");
  const auto content = [](const std::string& path) { return read_file(path, std::size_t{1} << 24U).value(); };
  const auto quote = content(options.quote);
  const auto signature = content(options.signature);
  const auto boot_log = content(*options.event_log);
  const auto ima_log = content(*options.ima_log);
  auto ak = tpm::verify_ak_form(tpm::parse_sized_public_area(content(options.ak)).value()).value();
  offline_inputs in{tpm::trust_claimed_ak(std::move(ak)),
                    quote,
                    signature,
                    from_hex(options.nonce).value(),
                    {},
                    {},
                    {},
                    {},
                    {}};
  in.event_log = boot_log;
  in.ima_log = ima_log;
  in.reference = load_reference(learned(folder)).value().set;
  const auto report = verify_offline(in);
  REQUIRE(verdict_of(report, in) == verdict::affirming);
  // The same evidence, of which nothing shows when it was made.
  in.nonce.clear();
  CHECK(verdict_of(report, in) == verdict::warning);
}

TEST_CASE("evidence that is not genuine is untrusted, whatever its reference") {
  const scratch_folder folder;
  auto options = evidence_of("grub-sb");
  options.reference = learned(folder);
  options.nonce[0] = options.nonce[0] == '0' ? '1' : '0';
  const auto got = appraise(options);
  CHECK(got.status == exit_not_genuine);
  CHECK(got.says("NOT GENUINE"));
  CHECK(got.out.ends_with("verdict     untrusted\n"));
  options.format = output_format::json;
  CHECK(appraise(options).says("\"verdict\":\"contraindicated\""));
}

TEST_CASE("the text output uses the words of `muster nodes`, and the verdict last; JSON keeps the term") {
  const scratch_folder folder;
  const auto set = learned(folder);
  struct row {
    const char* machine;
    std::optional<std::string> reference;
    const char* last;
    const char* term;
  };
  const row rows[] = {
      {"grub-sb", set, "verdict     trusted\n", "affirming"},
      {"grub-sb-cmdline", set, "verdict     untrusted\n", "contraindicated"},
      {"grub-sb", {}, "verdict     unknown: there is no reference to compare with\n", "none"},
  };
  const auto plain = folder.put("plain.yaml", "version: 1\n");
  for (const auto& r : rows) {
    CAPTURE(r.last);
    auto options = evidence_of(r.machine);
    options.reference = r.reference;
    options.policy = plain;
    const auto got = appraise(options);
    CHECK(got.out.ends_with(r.last));
    CHECK(got.says("genuine: made by the holder"));
    CHECK_FALSE(got.says("affirming"));
    CHECK_FALSE(got.says("contraindicated"));
    options.format = output_format::json;
    CHECK(appraise(options).says("\"verdict\":\"" + std::string{r.term} + '"'));
  }
}

TEST_CASE("a learned set is canonical: its digest is the file's, and the same machine gives the same set") {
  const scratch_folder folder;
  const auto set = learned(folder);
  const auto content = read_file(set, 1U << 24U).value();
  auto options = evidence_of("grub-sb");
  options.reference = set;
  options.learn = folder.at("again.set");
  const auto got = appraise(options);
  CHECK(got.status == exit_genuine);
  CHECK(got.says(to_hex(crypto::sha256(content))));
  CHECK(read_file(*options.learn, 1U << 24U).value() == content);
}

TEST_CASE("nothing is learned from evidence that is not genuine, or that fails") {
  const scratch_folder folder;
  auto forged = evidence_of("grub-sb");
  forged.nonce[0] = forged.nonce[0] == '0' ? '1' : '0';
  forged.learn = folder.at("forged.set");
  CHECK(appraise(forged).status == exit_error);
  CHECK_FALSE(fs::exists(*forged.learn));

  auto failing = evidence_of("grub-sb");
  failing.policy = folder.put("p.yaml", "version: 1\nrequire: {dbx: {entries: 1000}}\n");
  failing.learn = folder.at("failing.set");
  const auto got = appraise(failing);
  CHECK(got.status == exit_error);
  CHECK(got.err.find("failing.set: not written") != std::string::npos);
  CHECK_FALSE(fs::exists(*failing.learn));
}

TEST_CASE("if a set cannot be written, no set is left, and the error says why") {
  auto options = evidence_of("grub-sb");
  options.learn = "/dev/full";
  auto got = appraise(options);
  CHECK(got.status == exit_error);
  CHECK(got.err == "muster: /dev/full: no space left on device\n");
  options.learn = "-";
  got = appraise(options);
  CHECK(got.status == exit_error);
  CHECK(got.err.find("--learn: name a file") != std::string::npos);
}

TEST_CASE("a file that is not a set and a policy with a mistake give errors that name the place") {
  const scratch_folder folder;
  const auto set = learned(folder);
  auto content = read_file(set, 1U << 24U).value();
  content.resize(content.size() - 8);
  struct row {
    const char* what;
    std::optional<std::string> reference;
    std::optional<std::string> policy;
    std::string says;
  };
  const auto bad = folder.put("bad.yaml", "version: 1\nima:\n  exclude_matching:\n    - '/srv/('\nmode: x\n");
  const auto orphan = folder.put("orphan.yaml", "version: 1\nparent: nobody\n");
  folder.put("b.yaml", "version: 1\nparent: a\n");
  const auto circle = folder.put("a.yaml", "version: 1\nparent: b\n");
  const row rows[] = {
      {"cut", folder.put("cut.set", as_text(content)), {}, "it is not a reference set"},
      {"empty", folder.put("empty.set", ""), {}, "this is an empty file, not a reference set"},
      {"a log", evidence_of("grub-sb").event_log, {}, "this is a boot log"},
      {"no such set", folder.at("none.set"), {}, "there is no such file"},
      {"bad pattern", {}, bad, "bad.yaml:4: ima.exclude_matching[0]: expected a pattern"},
      {"both mistakes", {}, bad, "bad.yaml:5: mode: unknown key"},
      {"orphan", {}, orphan, "orphan.yaml:2: parent: there is no policy nobody"},
      {"circle", {}, circle, "a.yaml:2: parent: the policy descends from itself"},
      {"no such policy", {}, folder.at("none.yaml"), "none.yaml: there is no such file"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto options = evidence_of("grub-sb");
    options.reference = r.reference;
    options.policy = r.policy;
    const auto got = appraise(options);
    CHECK(got.status == exit_error);
    CHECK_MESSAGE(got.err.find(r.says) != std::string::npos, got.err);
    CHECK(got.out.empty());
  }
  auto options = evidence_of("grub-sb");
  options.reference = set;
  options.ima_log.reset();
  CHECK(appraise(options).status == exit_error);
}

TEST_CASE("the shipped examples can be read with their parents") {
  const std::string base = std::string{MUSTER_SOURCE_DIR} + "/configs/";
  CHECK(load_policy(base + "policy.yaml").value() == appraisal::policy{});
  const auto builders = load_policy(base + "policies/builders.yaml");
  REQUIRE(builders.ok());
  CHECK(builders->files == appraisal::file_mode::known_only);
  CHECK(builders->require.secure_boot == appraisal::demand::required);
}

TEST_CASE("check 44: a replaced program is found whether or not its path has a blank") {
  const auto base = std::string{MUSTER_SOURCE_DIR} + "/tests/data/known-only/";
  for (const std::string name : {"space_bad", "nospace_bad"}) {
    CAPTURE(name);
    appraise_options options;
    options.ak = base + "ak.pem";
    options.quote = base + name + ".msg";
    options.signature = base + name + ".sig";
    options.pcrs = base + name + ".pcrs";
    options.nonce = "00112233445566778899aabbccddeeff";
    options.event_log = base + name + ".log";
    options.ima_log = base + name + ".ima";
    options.reference = base + "app.set";
    options.policy = base + "known.yaml";
    options.format = output_format::json;
    const auto got = appraise(options);
    CHECK_MESSAGE(got.status == exit_untrusted, got.out << got.err);
    CHECK(got.says("ima.changed-file"));
  }
}
