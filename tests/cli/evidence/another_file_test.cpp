// Files of the right kind that belong to another quote. What breaks if these fail: an operator who gave the wrong
// file is told that the machine lies.
#include "cli/evidence/appraise.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/files/bare_key.hpp"
#include "tpm/files/plain_signature.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace another_file_test {

using namespace muster;
using namespace muster::cli;

namespace {

std::string vm(const std::string& file) {
  return std::string{MUSTER_SOURCE_DIR} + "/tests/data/vm/grub-sb/" + file;
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

/// What was said; a usage fault and no verdict.
std::string refused(const appraise_options& options) {
  std::ostringstream out;
  std::ostringstream err;
  CHECK_MESSAGE(appraise_command(options, out, err) == exit_error, out.str());
  CHECK(out.str().empty());
  return err.str();
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class folder {
public:
  std::string put(const std::string& name, byte_view content) const {
    const auto path = (folder_.path() / name).string();
    std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(content.data()),
                                                static_cast<std::streamsize>(content.size()));
    return path;
  }

private:
  testing::temporary_folder folder_;
};

} // namespace

TEST_CASE("values of another bank are another quote's: both are named, and the file that is needed") {
  std::ostringstream out;
  std::ostringstream err;
  REQUIRE_MESSAGE(appraise_command(quote_of_vm(), out, err) == exit_genuine, err.str());
  auto options = quote_of_vm();
  options.pcrs = vm("quote-sha1.pcrs");
  const auto said = refused(options);
  CHECK_MESSAGE(holds(said, "these are values of sha1:"), said);
  CHECK(holds(said, "the quote covers sha256:"));
  CHECK(holds(said, "tpm2_pcrread -o FILE sha256:"));
}

TEST_CASE("a key that cannot have signed is named with the kind of key that did") {
  const folder files;
  const crypto::private_key keys[] = {
      crypto::private_key::make_ec(crypto::curve::p256), crypto::private_key::make_ec(crypto::curve::p384),
      crypto::private_key::make_ec(crypto::curve::p521), crypto::private_key::make_rsa(2048).value(),
      crypto::private_key::make_rsa(3072).value()};
  const char* names[] = {"P-256", "P-384", "P-521", "RSA-2048", "RSA-3072"};
  const auto attest = testing::read_test_data("vm/grub-sb/quote-sha256.msg");
  for (std::size_t signer = 0; signer < std::size(keys); ++signer)
    for (std::size_t other = 0; other < std::size(keys); ++other) {
      if (signer == other) continue;
      const auto scheme = [&](std::size_t i) {
        return tpm::signing_scheme{keys[i].pub().is_rsa() ? tpm::signature_algorithm::rsassa
                                                          : tpm::signature_algorithm::ecdsa,
                                   hash_algorithm::sha256};
      };
      const auto plain = keys[signer].sign(hash_algorithm::sha256, attest).value();
      const auto framed = tpm::framed_signature(plain, keys[signer].pub(), scheme(signer)).value();
      const auto area = tpm::assumed_area(keys[other].pub(), scheme(other)).value().raw();
      auto options = quote_of_vm();
      options.signature = files.put("signature", framed);
      for (const auto& ak : {to_bytes(as_bytes(keys[other].pub().pem())), to_bytes(area)}) {
        options.ak = files.put("ak", ak);
        const auto said = refused(options);
        CHECK_MESSAGE(holds(said, std::string{"it is a signature by "}
                                      + (keys[signer].pub().is_rsa() ? "an " : "a ") + names[signer]
                                      + " key, and the AK is " + names[other] + ": give the AK that signed"),
                      said);
      }
    }
}

} // namespace another_file_test
