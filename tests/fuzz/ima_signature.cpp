// security.ima: a signature that parses takes up all of the input, and does not verify for an unsigned file.
#include "tpm/format/ima_signature.hpp"

#include "crypto/appended_signature.hpp"
#include "crypto/digest.hpp"

#include <cstdlib>

using namespace muster;

namespace {

const crypto::public_key& a_key() {
  static const auto key = crypto::private_key::make_ec(crypto::curve::p256).pub();
  return key;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const auto digest = crypto::sha256(as_bytes("nobody signed this"));
  if (const auto read = tpm::parse_ima_signature({input, size})) {
    if (read->signature.size() + 9 != size) std::abort();
    if (a_key().verify_digest(crypto::signature_scheme::ecdsa, hash_algorithm::sha256, digest,
                              read->signature))
      std::abort();
  }
  if (crypto::verify_appended({input, size}, hash_algorithm::sha256, digest, a_key())) std::abort();
  return 0;
}
