// What kind of file it is: any bytes have a kind with words, and those that parse as PCR values or as a key have
// what they promise.
#include "tpm/files/file_kind.hpp"

#include "tpm/files/bare_key.hpp"
#include "tpm/files/pcr_file.hpp"
#include "tpm/files/plain_signature.hpp"

#include <cstdlib>

using namespace muster;

namespace {

tpm::pcr_selection quoted() {
  tpm::pcr_selection out;
  if (!out.add(hash_algorithm::sha256, 0b101) || !out.add(hash_algorithm::sha1, 0b10)) std::abort();
  return out;
}

const crypto::public_key& a_key() {
  static const auto key = crypto::private_key::make_ec(crypto::curve::p256).pub();
  return key;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const byte_view content{input, size};
  if (to_string(tpm::kind_of(content)).empty()) std::abort();
  // Its own form has a selection of its own; the other two have the quote's.
  if (const auto values = tpm::read_pcr_file(content, tpm::pcr_order{quoted()}))
    if (values->present().size() == 0 && size == 84) std::abort();
  const tpm::signing_scheme scheme{tpm::signature_algorithm::ecdsa, hash_algorithm::sha256};
  if (tpm::framed_signature(content, a_key(), scheme).ok() != tpm::is_plain_signature(content, a_key()))
    std::abort();
  if (const auto key = tpm::parse_bare_key(content); key && !key->is_rsa())
    if (const auto area = tpm::assumed_area(*key, scheme); !area || tpm::key_of(*area)->spki() != key->spki())
      std::abort();
  return 0;
}
