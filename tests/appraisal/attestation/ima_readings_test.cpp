// What breaks if these fail: the author of a list decides by the name of a template what an entry is, and a
// bad file or a forbidden buffer weighs less.
#include "tests/appraisal/attesting_machine.hpp"
#include "tests/appraisal/samples.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;
using samples::checks_of;

namespace {

using names = std::vector<std::string>;

bytes text(std::string_view words) { return muster::to_bytes(as_bytes(words)); }

/// d-ng|n-ng|X
bytes three_fields(std::string_view path, byte_view content, byte_view third) {
  bytes digest = text("sha256:");
  digest.push_back(0);
  append(digest, crypto::sha256(content));
  auto name = text(path);
  name.push_back(0);
  auto out = ima_field(digest);
  append(out, ima_field(name));
  append(out, ima_field(third));
  return out;
}

/// The findings of a machine with this one additional entry.
names found(const bytes& data, std::string_view template_name, policy rules = {}) {
  attesting_machine m{"grub-sb"};
  const auto base = attest(m, logs_wanted::whole);
  m.reference = samples::reference_of(*base.claims, base.files);
  m.rules = std::make_shared<const policy>(std::move(rules));
  m.measure(data, template_name);
  const auto out = attest(m, logs_wanted::whole);
  if (out.end != attestation_end::verified) return {out.findings.at(0).check};
  return checks_of(out.findings, severity::note);
}

} // namespace

TEST_CASE("check 20: an entry is judged under every reading of its bytes, whatever its template's name") {
  const auto attribute = text("\x03 an attribute"); // type 3: a signature
  policy buffers;
  buffers.files = file_mode::known_only;
  buffers.buffers.kexec_command_line = {pattern::make("root=/dev/sda1").value()};
  policy lenient;
  lenient.of(judged_check::not_a_file) = severity::note;
  struct row {
    const char* what;
    bytes data;
    policy rules;
    names checks;
  };
  const auto line = text("init=/evil");
  const row rows[] = {
      {"a file with an attribute",
       three_fields("/usr/bin/evil", text("evil"), attribute),
       {},
       {"ima.unknown-file"}},
      {"a file without one", three_fields("/usr/bin/evil", text("evil"), {}), {}, {"ima.unknown-file"}},
      {"a file whose content is its attribute: both",
       three_fields("/usr/bin/evil", attribute, attribute),
       {},
       {"ima.unknown-file", "ima.not-a-file"}},
      {"a forbidden command line of kexec, where unknown files are passed over",
       three_fields("kexec-cmdline", line, line),
       buffers,
       {"ima.buffer"}},
  };
  for (const auto& one : rows)
    for (const std::string_view name : {"ima-sig", "ima-buf", "d-ng|n-ng|sig", "d-ng|n-ng|buf",
                                        "d-ng|n-ng|evmsig", "d-ng|n-ng|xattrvalues", "d-ng|n-ng|modsig"}) {
      CAPTURE(one.what);
      CAPTURE(name);
      const auto checks = found(one.data, name, one.rules);
      for (const auto& check : one.checks) // a name may add to them
        CHECK(std::ranges::find(checks, check) != checks.end());
    }
  CHECK(found(rows[0].data, "ima-sig") == names{"ima.unknown-file"});
  // A file whose template calls it a buffer is still an unknown file where buffers weigh nothing.
  CHECK(found(rows[0].data, "ima-buf", lenient) == names{"ima.unknown-file", "ima.not-a-file"});
  // A buffer of a kernel is a buffer and not a file.
  const auto version = text("6.1.0");
  CHECK(found(three_fields("kernel_version", version, version), "ima-buf") == names{"ima.not-a-file"});
  CHECK(found(three_fields("kernel_version", version, version), "ima-sig") == names{"ima.not-a-file"});
}

TEST_CASE("check 44: an unknown hash hides nothing: no file, no buffer and no denied content") {
  const auto by = [](std::string_view algorithm, std::string_view path, std::optional<byte_view> third) {
    auto digest = text(algorithm);
    digest.push_back(0);
    append(digest, crypto::sha256(as_bytes("evil")));
    auto name = text(path);
    name.push_back(0);
    auto out = ima_field(digest);
    append(out, ima_field(name));
    if (third) append(out, ima_field(*third));
    return out;
  };
  policy known_only;
  known_only.files = file_mode::known_only;
  policy denies = known_only;
  denies.denied.add({hash_algorithm::sha256, samples::digest_of("virus"), "a virus"});
  for (const std::string_view hash : {"streebog256:", "md5:", "sha3-256:", "SHA256:", "sha256 ", "x:"}) {
    CAPTURE(hash);
    if (hash.ends_with(' ')) { // not the kernel's form: the list ends there, and that is a failure
      CHECK(found(by(hash, "/usr/bin/dash", {}), "ima-ng") == names{"evidence.ima-log"});
      continue;
    }
    CHECK(found(by(hash, "/usr/bin/evil", {}), "ima-ng") == names{"ima.unknown-file"});
    CHECK(found(by(hash, "/usr/bin/dash", {}), "ima-ng") == names{"ima.changed-file"});
    CHECK(found(by(hash, "/usr/bin/dash", {}), "ima-ng", known_only) == names{"ima.changed-file"});
    const auto hidden = found(by(hash, "/usr/bin/evil", {}), "ima-ng", denies);
    CHECK(std::ranges::find(hidden, "ima.other-hash") != hidden.end());
    const auto line = text("init=/evil");
    for (const std::string_view name : {"ima-sig", "ima-buf", "d-ng|n-ng|evmsig"}) {
      const auto checks = found(by(hash, "kexec-cmdline", line), name, known_only);
      CHECK(std::ranges::find(checks, "ima.not-a-file") != checks.end());
    }
  }
}

TEST_CASE("check 20: a format that calls another field the digest, or the name, is refused") {
  // security.selinux of an evil file is the digest of a known one.
  const auto data = three_fields("/usr/bin/evil", text("evil"), text("x"));
  for (const std::string_view name : {"sig|n-ng|d-ng", "sig|n-ng|d", "n-ng|d-ng|sig", "xattrvalues|n-ng|d-ng",
                                      "d-ng|sig|n-ng", "buf|n-ng|d-ng"}) {
    CAPTURE(name);
    CHECK(found(data, name) == names{"evidence.ima-log"});
    CHECK_FALSE(tpm::ima_template_named(name).ok());
  }
}
