// Signatures and buffers of IMA entries, from an attesting machine to findings.
#include "appraisal/files/appraise_signature.hpp"
#include "crypto/certificate_template.hpp"
#include "tests/appraisal/attesting_machine.hpp"
#include "tests/appraisal/samples.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;
using samples::checks_of;
using samples::find;

namespace {

pinned_key pinned(const crypto::public_key& key) {
  return pinned_key::from_file(as_bytes(key.pem())).value();
}

/// security.ima as evmctl writes it: SHA-256.
bytes attribute_of(std::uint8_t type, std::uint8_t version, const crypto::private_key& by,
                   byte_view message) {
  const auto signature = by.sign(hash_algorithm::sha256, message).value();
  writer out;
  out.u8(type).u8(version).u8(4).u32_be(pinned(by.pub()).key_id());
  out.u16_be(static_cast<std::uint16_t>(signature.size())).put(signature);
  return out.take();
}

bytes file_attribute(const crypto::private_key& by, std::string_view content) {
  return attribute_of(3, 2, by, as_bytes(content));
}

/// A signature over type, algorithm and digest, as for fs-verity.
bytes verity_attribute(const crypto::private_key& by, std::string_view content) {
  bytes message{6, 4};
  append(message, crypto::sha256(as_bytes(content)));
  return attribute_of(6, 3, by, message);
}

bytes digest_field(std::string_view head, byte_view digest) {
  bytes out = muster::to_bytes(as_bytes(head));
  out.push_back(0);
  append(out, digest);
  return ima_field(out);
}

bytes name_field(std::string_view path) {
  bytes out = muster::to_bytes(as_bytes(path));
  out.push_back(0);
  return ima_field(out);
}

/// Data for ima-sig and ima-sigv2. `head` is "sha256", "ima:sha256" or "verity:sha256", with its colon.
bytes signed_data(std::string_view head, std::string_view path, std::string_view content,
                  byte_view attribute) {
  auto out = digest_field(head, crypto::sha256(as_bytes(content)));
  append(out, name_field(path));
  append(out, ima_field(attribute));
  return out;
}

bytes buffer_data(std::string_view name, byte_view buffer) {
  auto out = digest_field("sha256:", crypto::sha256(buffer));
  append(out, name_field(name));
  append(out, ima_field(buffer));
  return out;
}

bytes modsig_data(std::string_view path, byte_view module, byte_view appended) {
  bytes whole = muster::to_bytes(module);
  append(whole, appended);
  auto out = digest_field("sha256:", crypto::sha256(whole));
  append(out, name_field(path));
  append(out, ima_field({}));
  append(out, digest_field("sha256:", crypto::sha256(module)));
  append(out, ima_field(appended));
  return out;
}

/// Attests the new entries, or with whole logs.
attestation_outcome attest_again(attesting_machine& m, logs_wanted logs = logs_wanted::increment) {
  const auto in = m.challenge(logs);
  auto out = appraise(in, m.answer(in));
  REQUIRE(out.end == attestation_end::verified);
  if (out.boot) m.recorded = std::make_shared<recorded_boot>(*out.boot);
  return out;
}

attesting_machine machine_under(policy rules) {
  attesting_machine m{"grub-sb"};
  m.rules = std::make_shared<const policy>(std::move(rules));
  const auto out = attest_again(m, logs_wanted::whole);
  m.reference = samples::reference_of(*out.claims, out.files);
  return m;
}

policy accepting(const crypto::private_key& key) {
  policy out;
  out.signatures.mode = signature_mode::accept;
  out.signatures.keys.push_back(pinned(key.pub()));
  return out;
}

policy requiring(const crypto::private_key& key) {
  policy out;
  out.signatures.keys.push_back(pinned(key.pub()));
  out.signatures.required.push_back(pattern::make("/usr/bin/.*").value());
  return out;
}

bytes signature_file(const std::string& name) { return read_test_data("signatures/" + name); }

} // namespace

TEST_CASE("a key's id is what evmctl computes: SHA-1 of its bits, or the certificate's identifier") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto point = crypto::point_of(key.pub()).value();
  bytes bits{4};
  append(bits, point.x);
  append(bits, point.y);
  const auto sha1 = crypto::hash(hash_algorithm::sha1, bits);
  CHECK(pinned(key.pub()).key_id() == cursor{sha1.view().last(4)}.u32_be());
  CHECK(pinned_key::from_file(key.pub().spki()).value() == pinned(key.pub()));

  crypto::certificate_template what;
  what.common_name = "signer";
  what.not_after = crypto::no_expiry;
  const auto certificate = crypto::sign_certificate(what, key.pub(), nullptr, key).value();
  const auto& identifier = certificate.fields().subject_key_id;
  const auto of_pem = pinned_key::from_file(as_bytes(certificate.pem())).value();
  CHECK(of_pem.key_id() == cursor{byte_view{identifier}.last(4)}.u32_be());
  CHECK(of_pem == pinned_key::from_file(certificate.der()).value());
  CHECK(of_pem.fingerprint() == pinned(key.pub()).fingerprint());

  const auto rsa = signature_file("signer.pem");
  CHECK(pinned_key::from_file(rsa).ok());
  const auto small = crypto::private_key::make_rsa(1024).value();
  CHECK(pinned_key::from_file(as_bytes(small.pub().pem())).fault().code == errc::denied);
  CHECK_FALSE(pinned_key::from_file(as_bytes(key.pem())).ok()); // a private key cannot be pinned
  CHECK_FALSE(pinned_key::from_file({}).ok());
}

TEST_CASE("check 23: a file with a pinned key's signature needs no reference, but any other file does") {
  const auto ec = crypto::private_key::make_ec(crypto::curve::p256);
  const auto rsa = crypto::private_key::make_rsa(2048).value();
  const auto stranger = crypto::private_key::make_ec(crypto::curve::p256);
  auto rules = accepting(ec);
  rules.signatures.keys.push_back(pinned(rsa.pub()));
  auto m = machine_under(rules);

  struct row {
    const char* what;
    std::string_view template_name;
    bytes data;
    bool accepted;
  };
  auto forged = file_attribute(ec, "content");
  forged.back() ^= 1U;
  auto renamed = file_attribute(stranger, "content"); // a stranger that uses the pinned key's id
  const auto id =
      byte_view{file_attribute(ec, "content")}.size() > 7 ? file_attribute(ec, "content") : bytes{};
  std::copy_n(id.begin() + 3, 4, renamed.begin() + 3);
  const row rows[] = {
      {"ECDSA", "ima-sig", signed_data("sha256:", "/opt/a", "content", file_attribute(ec, "content")), true},
      {"RSA", "ima-sig", signed_data("sha256:", "/opt/b", "content b", file_attribute(rsa, "content b")),
       true},
      {"sigv2", "ima-sigv2", signed_data("ima:sha256:", "/opt/c", "c", file_attribute(ec, "c")), true},
      {"fs-verity", "ima-sigv2", signed_data("verity:sha256:", "/opt/d", "d", verity_attribute(ec, "d")),
       true},
      {"nothing", "ima-sig", signed_data("sha256:", "/opt/e", "e", {}), false},
      {"of another file", "ima-sig", signed_data("sha256:", "/opt/f", "f", file_attribute(ec, "content")),
       false},
      {"by a stranger", "ima-sig", signed_data("sha256:", "/opt/g", "g", file_attribute(stranger, "g")),
       false},
      {"under another's id", "ima-sig", signed_data("sha256:", "/opt/h", "content h", renamed), false},
      {"a changed bit", "ima-sig", signed_data("sha256:", "/opt/i", "content i", forged), false},
      {"a file's signature for fs-verity", "ima-sigv2",
       signed_data("verity:sha256:", "/opt/j", "j", file_attribute(ec, "j")), false},
      {"fs-verity's signature for a file", "ima-sigv2",
       signed_data("ima:sha256:", "/opt/k", "k", verity_attribute(ec, "k")), false},
  };
  for (const auto& one : rows) {
    CAPTURE(one.what);
    m.measure(one.data, one.template_name);
    const auto out = attest_again(m);
    CHECK(checks_of(out.findings)
          == (one.accepted ? std::vector<std::string>{} : std::vector<std::string>{"ima.unknown-file"}));
  }
}

TEST_CASE("a signature vouches for nothing and costs nothing while no policy asks for signatures") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  auto m = machine_under({});
  m.measure(signed_data("sha256:", "/opt/a", "a", file_attribute(key, "a")), "ima-sig");
  const auto out = attest_again(m);
  CHECK(checks_of(out.findings) == std::vector<std::string>{"ima.unknown-file"});
  REQUIRE(out.files.size() == 1);
  CHECK(out.files[0].signature == file_signature::unchecked);
  CHECK_FALSE(out.boot->pins.has_value());
}

TEST_CASE("check 23: if a signature is required, known content alone is not enough") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto stranger = crypto::private_key::make_ec(crypto::curve::p256);
  auto m = machine_under(requiring(key));
  const auto findings_of = [&](const bytes& data) {
    m.measure(data, "ima-sig");
    auto files = attest_again(m).files;
    auto known = files; // the reference knows the content, so only the signature matters
    m.reference = samples::reference_of(samples::verified(samples::grub_machine()), known);
    return appraise_files(files, m.reference.get(), *m.rules).findings;
  };
  CHECK(findings_of(signed_data("sha256:", "/usr/bin/a", "a", file_attribute(key, "a"))).empty());
  CHECK(findings_of(signed_data("sha256:", "/opt/b", "b", {})).empty()); // no pattern covers it

  const auto missing = findings_of(signed_data("sha256:", "/usr/bin/c", "c", {}));
  REQUIRE(checks_of(missing) == std::vector<std::string>{"ima.signature"});
  CHECK(missing[0].subject == "/usr/bin/c");
  CHECK(missing[0].level == severity::failure);
  CHECK(missing[0].found.starts_with("no signature"));
  const auto unknown = findings_of(signed_data("sha256:", "/usr/bin/d", "d", file_attribute(stranger, "d")));
  REQUIRE(checks_of(unknown) == std::vector<std::string>{"ima.signature"});
  CHECK(unknown[0].found.starts_with("a signature by a key that is not pinned"));
  const auto wrong = findings_of(signed_data("sha256:", "/usr/bin/e", "e", file_attribute(key, "other")));
  REQUIRE(checks_of(wrong) == std::vector<std::string>{"ima.signature"});
  CHECK(wrong[0].found.starts_with("a signature that does not verify"));
}

TEST_CASE("a file that is both unknown and unsigned gets both findings") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  auto m = machine_under(requiring(key));
  m.measure(signed_data("sha256:", "/usr/bin/implant", "x", {}), "ima-sig");
  const auto checks = checks_of(attest_again(m).findings);
  CHECK(std::ranges::count(checks, "ima.signature") == 1);
  CHECK(std::ranges::count(checks, "ima.unknown-file") == 1);
}

TEST_CASE("a module's appended signature counts like a signature in security.ima") {
  policy rules;
  rules.signatures.mode = signature_mode::accept;
  rules.signatures.keys.push_back(pinned_key::from_file(signature_file("signer.pem")).value());
  auto m = machine_under(rules);
  const auto module = signature_file("module");
  m.measure(modsig_data("/lib/modules/a.ko", module, signature_file("appended.p7")), "ima-modsig");
  CHECK(checks_of(attest_again(m).findings).empty());
  const auto other = muster::to_bytes(as_bytes("another module"));
  m.measure(modsig_data("/lib/modules/b.ko", other, signature_file("appended.p7")), "ima-modsig");
  CHECK(checks_of(attest_again(m).findings) == std::vector<std::string>{"ima.unknown-file"});
}

TEST_CASE("a recorded signature by a key that the new policy does not pin vouches for nothing") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto other = crypto::private_key::make_ec(crypto::curve::p256);
  const auto set = samples::reference_of(samples::verified(samples::grub_machine()));
  const auto fingerprint = pinned(key.pub()).fingerprint();
  const auto digest = samples::digest_of("a");
  const auto judge = [&](file_signature state, const policy& p) {
    file_claims files;
    const auto signer = state == file_signature::holds ? byte_view{fingerprint} : byte_view{};
    REQUIRE(
        files.push({file_kind::file, hash_algorithm::sha256, digest.view(), "/usr/bin/a", state, signer}));
    files.make_distinct();
    REQUIRE(files[0].signature == state);
    return checks_of(appraise_files(files, set.get(), p).findings);
  };
  using names = std::vector<std::string>;
  CHECK(judge(file_signature::holds, accepting(key)).empty());
  CHECK(judge(file_signature::holds, accepting(other)) == names{"ima.unknown-file"});
  CHECK(judge(file_signature::holds, policy{}) == names{"ima.unknown-file"});
  CHECK(judge(file_signature::unchecked, accepting(key)) == names{"ima.unknown-file"});
  // Claims from before the policy asked do not prove that a signature is missing.
  CHECK(judge(file_signature::unchecked, requiring(key)) == names{"ima.unknown-file"});
  CHECK(judge(file_signature::holds, requiring(other)) == names{"ima.signature", "ima.unknown-file"});
  CHECK(digest_of_pins(accepting(key).signatures) != digest_of_pins(accepting(other).signatures));
  CHECK(digest_of_pins(accepting(key).signatures) == digest_of_pins(requiring(key).signatures));
}

TEST_CASE("a signature that holds is part of a claim, but of no reference") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  auto m = machine_under(accepting(key));
  m.measure(signed_data("sha256:", "/opt/a", "a", file_attribute(key, "a")), "ima-sig");
  const auto out = attest_again(m);
  REQUIRE(out.files.size() == 1);
  CHECK(out.files[0].signature == file_signature::holds);
  CHECK(same(out.files[0].signer, pinned(key.pub()).fingerprint()));
  const auto set = samples::reference_of(samples::verified(samples::grub_machine()), out.files);
  REQUIRE(set->content().files.size() == 1);
  CHECK(set->content().files[0].signature == file_signature::unchecked);
}

TEST_CASE("check 23: a true signature holds after any number of forged ones") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  signature_rules rules;
  rules.mode = signature_mode::accept;
  rules.keys.push_back(pinned(key.pub()));
  signature_judge judge{rules};
  tpm::ima_entry entry;
  const auto digest = crypto::sha256(as_bytes("a"));
  const auto attribute = file_attribute(key, "a");
  entry.algorithm = hash_algorithm::sha256;
  entry.digest = digest;
  auto forged = attribute;
  forged.resize(9 + 1); // one byte is not a signature: refused without a verification
  forged[7] = 0;
  forged[8] = 1;
  entry.signature = forged;
  for (std::size_t i = 0; i < 100'000; ++i)
    REQUIRE(judge.judge(entry).state == file_signature::wrong);
  entry.signature = attribute;
  CHECK(judge.judge(entry).state == file_signature::holds);
}

TEST_CASE("check 44: no signature of a file by an unknown hash holds") {
  policy rules;
  rules.signatures.mode = signature_mode::accept;
  rules.signatures.keys.push_back(pinned_key::from_file(signature_file("signer.pem")).value());
  rules.signatures.required.push_back(pattern::make("/lib/modules/.*").value());
  auto m = machine_under(rules);
  const auto module = signature_file("module");
  auto data = modsig_data("/lib/modules/a.ko", module, signature_file("appended.p7"));
  const std::string_view hash = "SHA256";
  std::ranges::copy(hash, data.begin() + 4);
  m.measure(data, "ima-modsig");
  const auto found = attest_again(m).findings;
  CHECK(find(found, "ima.unknown-file") != nullptr);
  REQUIRE(find(found, "ima.signature") != nullptr);
  CHECK(find(found, "ima.signature")->found.starts_with("a signature that does not verify (SHA256:"));
  m.measure(signed_data("md5:", "/lib/modules/b.ko", "x", {}), "ima-sig");
  CHECK(find(attest_again(m).findings, "ima.signature")->found.starts_with("no signature (md5:"));
}

TEST_CASE("check 44: a rule of buffers finds the name as the kernel writes it, and each that may be meant") {
  policy rules;
  const auto digest = [](std::string_view content) { return crypto::sha256(as_bytes(content)); };
  rules.buffers.critical_data = {
      {"my label", digest("one")}, {"two names", digest("one")}, {"two_names", {}}};
  auto m = machine_under(rules);
  struct row {
    std::string_view name;
    std::string_view content;
    std::vector<std::string> checks;
  };
  for (const auto& one : {row{"my_label", "one", {}}, row{"my_label", "other", {"ima.buffer"}},
                          row{"my-label", "one", {"ima.not-a-file"}}, row{"two_names", "one", {}},
                          row{"two_names", "other", {"ima.buffer"}}}) {
    CAPTURE(one.name);
    m.measure(buffer_data(one.name, as_bytes(one.content)), "ima-buf");
    CHECK(checks_of(attest_again(m).findings) == one.checks);
  }
}

TEST_CASE("check 23: buffers are judged by their content, and each kind has its own rules") {
  crypto::certificate_template what;
  what.common_name = "ima key";
  what.not_after = crypto::no_expiry;
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto good = crypto::sign_certificate(what, key.pub(), nullptr, key).value().der();
  const auto bad = crypto::sign_certificate(what, key.pub(), nullptr, key).value().der(); // another serial

  policy rules;
  rules.buffers.keyrings = {{".ima", crypto::sha256(good)}};
  rules.buffers.critical_data = {{"kernel_version", crypto::sha256(as_bytes("6.1.0"))}, {"selinux", {}}};
  rules.buffers.kexec_command_line = {pattern::make("root=/dev/sda1( .*)?").value()};
  auto m = machine_under(rules);

  struct row {
    std::string_view name;
    bytes buffer;
    std::vector<std::string> checks;
  };
  const auto text = [](std::string_view words) { return muster::to_bytes(as_bytes(words)); };
  const row rows[] = {
      {".ima", good, {}},
      {".ima", bad, {"ima.buffer"}},
      {".evm", good, {"ima.not-a-file"}}, // that keyring has no rule
      {"kernel_version", text("6.1.0"), {}},
      {"kernel_version", text("6.1.0-evil"), {"ima.buffer"}},
      {"selinux", text("enforcing=0"), {}},
      {"dm_table", text("x"), {"ima.not-a-file"}},
      {"kexec-cmdline", text("root=/dev/sda1 quiet"), {}},
      {"kexec-cmdline", text("root=/dev/evil init=/bin/sh"), {"ima.buffer"}},
      {"kexec-cmdline",
       text("/var/log init=/bin/sh"),
       {"ima.buffer"}}, // not a path, so no exclusion skips it
  };
  for (const auto& one : rows) {
    CAPTURE(one.name);
    m.measure(buffer_data(one.name, one.buffer), "ima-buf");
    const auto out = attest_again(m);
    CHECK(checks_of(out.findings) == one.checks);
  }
  // A digest that is not of the buffer: no kernel writes such a buffer, so the entry is a file.
  auto forged = digest_field("sha256:", crypto::sha256(good));
  append(forged, name_field(".ima"));
  append(forged, ima_field(bad));
  m.measure(forged, "ima-buf");
  CHECK(checks_of(attest_again(m).findings)
        == std::vector<std::string>{"ima.unknown-file", "ima.not-a-file"});
}

TEST_CASE("check 23: bytes that a kernel ignores do not exempt a buffer from the rule for its name") {
  policy rules;
  rules.buffers.keyrings = {{".ima", crypto::sha256(as_bytes("a key"))}};
  rules.buffers.critical_data = {{"selinux-state", crypto::sha256(as_bytes("enforcing=1"))}};
  rules.buffers.kexec_command_line = {pattern::make("root=/dev/sda1( quiet)?").value()};
  auto m = machine_under(rules);
  const std::string longer(file_claims::max_path + 1, 'x');
  struct row {
    std::string_view name;
    std::string_view buffer;
    std::vector<std::string> checks;
  };
  using namespace std::string_view_literals;
  const std::vector<std::string> bad{"ima.buffer"};
  const row rows[] = {
      {"kexec-cmdline", "root=/dev/sda1 init=/bin/sh\0x"sv, bad},
      {"kexec-cmdline", "root=/dev/sda1 init=/bin/sh\0"sv, bad},
      {"kexec-cmdline", "root=/dev/sda1 quiet\0init=/bin/sh"sv, {}}, // the kernel stops there, too
      {"kexec-cmdline", longer, bad},
      {".ima", "\x30\x03\x02\x01\x05"sv, bad},
      {".ima", "\x30\x03\x02\x01\x05\x00"sv, bad},     // a byte after it
      {".ima", "\x30\x80\x02\x01\x05\x00\x00"sv, bad}, // indefinite length, which the kernel decodes
      {".ima", "anything"sv, bad},
      {"selinux-state", "\x30\x03\x02\x01\x05"sv, bad}, // looks like a key
  };
  for (const auto& one : rows) {
    CAPTURE(one.name);
    CAPTURE(one.buffer);
    m.measure(buffer_data(one.name, muster::to_bytes(as_bytes(one.buffer))), "ima-buf");
    CHECK(checks_of(attest_again(m).findings) == one.checks);
  }
}

TEST_CASE("the real machine with critical data is judged by its kernel's version") {
  attesting_machine m{"ima-buf"};
  policy rules;
  m.rules = std::make_shared<const policy>(rules);
  const auto out = attest_again(m, logs_wanted::whole);
  std::vector<std::pair<file_kind, std::string>> buffers;
  for (std::size_t i = 0; i < out.files.size(); ++i)
    if (out.files[i].kind >= file_kind::other) buffers.emplace_back(out.files[i].kind, out.files[i].path);
  REQUIRE_FALSE(buffers.empty());
  for (const auto& [kind, name] : buffers) {
    CAPTURE(name);
    CHECK(kind != file_kind::other);
  }
}
