// Evidence as other tools write it: each form is read for what it is, and every other file is refused by its kind.
#include "cli/evidence/appraise.hpp"
#include "cli/evidence/eventlog.hpp"
#include "cli/evidence/imalog.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/files/bare_key.hpp"
#include "tpm/files/plain_signature.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

using namespace muster;
using namespace muster::cli;

namespace {

struct answer {
  int status = 0;
  std::string out;
  std::string err;
  bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
  bool complains(std::string_view text) const { return err.find(text) != std::string::npos; }
};

answer appraised(const appraise_options& options) {
  std::ostringstream out;
  std::ostringstream err;
  const auto status = appraise_command(options, out, err);
  return {status, out.str(), err.str()};
}

std::string tools(const std::string& file) {
  return std::string{MUSTER_SOURCE_DIR} + "/tests/data/tools/" + file;
}

std::string vm(const std::string& file) {
  return std::string{MUSTER_SOURCE_DIR} + "/tests/data/vm/grub-sb/" + file;
}

const std::string nonce = "00112233445566778899aabbccddeeff";

/// A quote of tests/data/tools.
appraise_options quote_of_tools(const std::string& ak, const std::string& stem) {
  appraise_options out;
  out.ak = tools(ak);
  out.quote = tools(stem + ".msg");
  out.signature = tools(stem + ".sig");
  out.pcrs = tools(stem + ".pcrs");
  out.nonce = nonce;
  return out;
}

appraise_options quote_of_vm() {
  appraise_options out;
  out.ak = vm("ak.pub");
  out.quote = vm("quote-sha256.msg");
  out.signature = vm("quote-sha256.sig");
  out.pcrs = vm("quote-sha256.pcrs");
  const auto hex = testing::read_test_data("vm/grub-sb/nonce.hex");
  out.nonce = std::string{as_text(hex).substr(0, 64)};
  return out;
}

/// Files below a folder that is deleted after the test.
class written {
public:
  std::string put(const std::string& name, byte_view content) const {
    const auto path = (folder_.path() / name).string();
    std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(content.data()),
                                                static_cast<std::streamsize>(content.size()));
    return path;
  }
  std::string put(const std::string& name, std::string_view content) const {
    return put(name, as_bytes(content));
  }

private:
  testing::temporary_folder folder_;
};

/// A quote by a key in software, in all the forms in which its parts can be.
struct soft_quote {
  bytes attest;
  bytes plain; ///< signature
  bytes framed;
  bytes pcrs; ///< plain values
  bytes area; ///< TPMT_PUBLIC
};

soft_quote quote_by(const crypto::private_key& key, tpm::signing_scheme scheme, byte_view extra) {
  tpm::pcr_selection selection;
  REQUIRE(selection.add(hash_algorithm::sha256, 0b111).ok());
  const auto values = testing::values_for(selection);
  testing::attest_fields fields;
  fields.qualified_signer = bytes(34, 1);
  fields.extra_data = to_bytes(extra);
  writer list;
  tpm::write_pcr_selection(list, selection);
  fields.selection = list.take();
  fields.pcr_digest = to_bytes(digest_of(values, selection, scheme.hash).view());
  soft_quote out;
  out.attest = testing::to_bytes(fields);
  out.plain = key.sign(scheme.hash, out.attest).value();
  out.framed = tpm::framed_signature(out.plain, key.pub(), scheme).value();
  for (unsigned i = 0; i < 3; ++i)
    append(out.pcrs, values.get(hash_algorithm::sha256, i));
  // An area of SHA-1 does not parse as an AK; it is made for the refusal.
  out.area = tpm::assumed_area(key.pub(), scheme).value().raw();
  return out;
}

appraise_options options_for(const written& folder, const soft_quote& quote, byte_view ak,
                             byte_view signature) {
  appraise_options out;
  out.ak = folder.put("ak", ak);
  out.quote = folder.put("quote", quote.attest);
  out.signature = folder.put("signature", signature);
  out.pcrs = folder.put("pcrs", quote.pcrs);
  out.nonce = nonce;
  return out;
}

/// The content of a TPM2B_PRIVATE: an HMAC, and what it covers.
bytes private_content() {
  auto out = writer{}.sized16(bytes(32, 0x5a)).take();
  append(out, bytes(90, 0xa5));
  return out;
}

tpm::signing_scheme scheme_of(const crypto::private_key& key, hash_algorithm hash) {
  return {key.pub().is_rsa() ? tpm::signature_algorithm::rsassa : tpm::signature_algorithm::ecdsa, hash};
}

} // namespace

TEST_CASE("what a PEM key does not say about its scheme, the signature says") {
  for (const auto* ak : {"ak_pss.pem", "ak_pss.pub"}) {
    CAPTURE(ak);
    const auto got = appraised(quote_of_tools(ak, "q_pss"));
    CHECK(got.status == exit_genuine);
    CHECK_MESSAGE(got.err.empty(), got.err);
  }
  const written folder;
  for (const auto& key :
       {crypto::private_key::make_ec(crypto::curve::p256), crypto::private_key::make_ec(crypto::curve::p384),
        crypto::private_key::make_ec(crypto::curve::p521), crypto::private_key::make_rsa(2048).value(),
        crypto::private_key::make_rsa(3072).value()})
    for (const auto hash : {hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512}) {
      CAPTURE(key.pub().bits());
      CAPTURE(to_string(hash));
      const auto quote = quote_by(key, scheme_of(key, hash), from_hex(nonce).value());
      const auto pem = to_bytes(as_bytes(key.pub().pem()));
      for (const auto& ak : {pem, key.pub().spki(), quote.area, writer{}.sized16(quote.area).take()})
        for (const auto& signature : {quote.framed, quote.plain}) {
          const auto got = appraised(options_for(folder, quote, ak, signature));
          CHECK_MESSAGE(got.status == exit_genuine, got.out << got.err);
        }
    }
}

TEST_CASE("PCR values and signatures are read in their plain forms") {
  CHECK(appraised(quote_of_tools("ak_rsa.pem", "q_v")).status == exit_genuine);
  CHECK(appraised(quote_of_tools("ak_rsa.pem", "q_p")).status == exit_genuine);
  // Plain values that are not those of the quote, and a plain signature over something else, are findings.
  auto values = quote_of_tools("ak_rsa.pem", "q_v");
  const written folder;
  auto wrong = testing::read_test_data("tools/q_v.pcrs");
  wrong.front() ^= 1;
  values.pcrs = folder.put("pcrs", wrong);
  CHECK(appraised(values).status == exit_not_genuine);
  auto plain = quote_of_tools("ak_rsa.pem", "q_p");
  plain.quote = tools("q_v.msg");
  plain.pcrs = tools("q_v.pcrs");
  CHECK(appraised(plain).status == exit_not_genuine);
  // A register that the file lacks, or bytes too many, are mistakes.
  values.pcrs = folder.put("short", byte_view{wrong}.first(96));
  const auto got = appraised(values);
  CHECK(got.status == exit_error);
  CHECK(got.complains("nor are these 96 bytes the plain values of sha256:0-2,10, which are 128"));
  CHECK(got.out.empty());
}

TEST_CASE("check 45: a signature in another form is never easier to have") {
  const written folder;
  const auto key = crypto::private_key::make_rsa(2048).value();
  const auto extra = from_hex(nonce).value();
  const auto pem = to_bytes(as_bytes(key.pub().pem()));
  // A key that names its scheme takes no other, plain or framed.
  const auto signed_384 = quote_by(key, scheme_of(key, hash_algorithm::sha384), extra);
  const auto area_256 = tpm::assumed_area(key.pub(), scheme_of(key, hash_algorithm::sha256)).value().raw();
  for (const auto& signature : {signed_384.framed, signed_384.plain})
    CHECK(appraised(options_for(folder, signed_384, area_256, signature)).status == exit_not_genuine);
  // SHA-1 is refused whoever names it, and it is a mistake in what was given.
  const auto weak = quote_by(key, scheme_of(key, hash_algorithm::sha1), extra);
  for (const auto& ak : {pem, weak.area})
    for (const auto& signature : {weak.framed, weak.plain}) {
      const auto got = appraised(options_for(folder, weak, ak, signature));
      CHECK(got.status == exit_error);
      CHECK_MESSAGE(got.complains("SHA-1"), got.err);
    }
  // One changed bit ends it in each form.
  const auto good = quote_by(key, scheme_of(key, hash_algorithm::sha256), extra);
  for (auto signature : {good.framed, good.plain}) {
    signature.back() ^= 1;
    for (const auto& ak : {pem, good.area})
      CHECK(appraised(options_for(folder, good, ak, signature)).status == exit_not_genuine);
  }
  // A key that is not one of an AK stays refused: signing without restriction.
  auto loose = good.area;
  loose[5] &= 0xfe; // restricted
  const auto got = appraised(options_for(folder, good, loose, good.plain));
  CHECK(got.status == exit_error);
  CHECK(got.complains("not a restricted signing key"));
}

TEST_CASE("check 45: without a nonce nothing is fresh, and no nonce turns into none") {
  const written folder;
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto scheme = scheme_of(key, hash_algorithm::sha256);
  const auto bare = quote_by(key, scheme, {});
  const auto bound = quote_by(key, scheme, from_hex(nonce).value());
  auto options = options_for(folder, bare, bare.area, bare.framed);
  options.nonce.clear();
  auto got = appraised(options);
  CHECK(got.status == exit_genuine);
  CHECK(got.says("without a nonce"));
  CHECK(got.says("may be an old quote"));
  options.format = output_format::json;
  CHECK(appraised(options).says("\"without_nonce\":true"));
  // A nonce that was asked for has to be in the quote, however long it is.
  options.nonce = nonce;
  got = appraised(options);
  CHECK(got.status == exit_not_genuine);
  CHECK(got.says("signed by this AK, but without a nonce"));
  options.nonce = std::string(134, 'a'); // longer than a TPM takes
  CHECK(appraised(options).status == exit_error);
  // A quote with one is not a quote without.
  options = options_for(folder, bound, bound.area, bound.framed);
  options.nonce.clear();
  got = appraised(options);
  CHECK(got.status == exit_not_genuine);
  CHECK(got.says("over the nonce " + nonce));
  options.ima_log = vm("binary_runtime_measurements");
  options.learn = folder.put("set", "");
  got = appraised(options);
  CHECK(got.status == exit_error);
  CHECK(got.complains("nothing is learnt"));
}

TEST_CASE("a file of another kind is named, and is never evidence against a machine") {
  const written folder;
  const auto private_part = writer{}.sized16(private_content()).take();
  const auto certificate = testing::read_test_data("vm/grub-sb/nv-0x01c00002.der");
  const struct {
    std::string file;
    std::string_view kind;
  } files[] = {
      {folder.put("empty", ""), "empty"},
      {vm("ek-root.pem"), "this is a PEM certificate, not "},
      {folder.put("der", certificate), "this is a DER certificate, not "},
      {folder.put("priv", private_part), "this is the private part of a TPM key (TPM2B_PRIVATE), not "},
      {folder.put("ctx", std::string{"\xba\xdc\xc0\xde\0\0\0\1", 8} + "rest"),
       "this is a context file of tpm2-tools, not "},
      {vm("ak.name"), "this is the Name of a TPM object, not "},
      {folder.put("gz", std::string{"\x1f\x8b\x08\0\0\0\0\0", 8}),
       "this is a file compressed with gzip, not "},
      {folder.put("html", "<html>404</html>"), "this is a web page (HTML)"},
      {folder.put("json", "{\"quote\": 1}"), "this is a JSON file, not "},
      {folder.put("yaml", "quote: abc\n"), "this is a YAML file, not "},
      {folder.put("utf16", std::string{"\xff\xfe"
                                       "a\0b\0",
                                       6}),
       "this is text in UTF-16, not "},
  };
  using set_file = void (*)(appraise_options&, const std::string&);
  const set_file roles[] = {
      [](appraise_options& o, const std::string& file) { o.ak = file; },
      [](appraise_options& o, const std::string& file) { o.quote = file; },
      [](appraise_options& o, const std::string& file) { o.signature = file; },
      [](appraise_options& o, const std::string& file) { o.pcrs = file; },
      [](appraise_options& o, const std::string& file) { o.ima_log = file; },
      [](appraise_options& o, const std::string& file) { o.event_log = file; },
  };
  for (const auto& [file, kind] : files) {
    CAPTURE(file);
    for (const auto& set : roles) {
      if (kind == "empty" && set == roles[5]) continue; // some kernels have an empty boot log
      auto options = quote_of_vm();
      set(options, file);
      const auto got = appraised(options);
      CHECK(got.status == exit_error);
      CHECK(got.out.empty());
      CHECK_MESSAGE(got.complains(kind), got.err);
    }
    std::ostringstream out;
    std::ostringstream err;
    CHECK(eventlog_command({file, output_format::table}, out, err) == exit_error);
    CHECK(imalog_command({file, output_format::table}, out, err) == exit_error);
    CHECK(out.str().empty());
  }
}

TEST_CASE("files that are swapped name each other") {
  auto swapped = quote_of_vm();
  std::swap(swapped.quote, swapped.signature);
  CHECK(appraised(swapped).complains("swapped?"));
  auto logs = quote_of_vm();
  logs.event_log = vm("binary_runtime_measurements");
  CHECK(appraised(logs).complains("this is an IMA list (binary_runtime_measurements), not a boot log"));
  logs = quote_of_vm();
  logs.ima_log = vm("binary_bios_measurements");
  CHECK(appraised(logs).complains("this is a boot log (binary_bios_measurements, WBCL), not an IMA list"));
  auto keys = quote_of_vm();
  keys.ak = vm("quote-sha256.sig");
  CHECK(appraised(keys).complains("this is a signature of a TPM (TPMT_SIGNATURE), not an attestation key"));
  // A TPM2B where a TPMT belongs, and random bytes.
  const written folder;
  auto sized = quote_of_vm();
  sized.quote =
      folder.put("sized", writer{}.sized16(testing::read_test_data("vm/grub-sb/quote-sha256.msg")).take());
  CHECK(appraised(sized).complains("this is a TPM2B_ATTEST"));
  auto random = quote_of_vm();
  bytes mixed(300);
  for (std::size_t i = 0; i < mixed.size(); ++i)
    mixed[i] = static_cast<std::uint8_t>(i * 37 + 11);
  random.signature = folder.put("random", mixed);
  const auto got = appraised(random);
  CHECK(got.status == exit_error);
  CHECK(got.complains("signature: unknown hash"));
  // A signature of another kind of key than a bare key.
  auto other = quote_of_tools("ak_rsa.pem", "q_v");
  other.signature = vm("quote-sha256.sig");
  CHECK(appraised(other).complains(
      "it is a signature by a P-256 key, and the AK is RSA-2048: give the AK that signed"));
}
