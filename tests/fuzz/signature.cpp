// TPMT_SIGNATURE: a signature that parses can be checked against any key,
// and does not verify for unsigned bytes.
#include "tpm/format/signature.hpp"

#include <cstdlib>

using namespace muster;

namespace {

const crypto::public_key& a_key() {
  static const auto key = crypto::private_key::make_ec(crypto::curve::p256).pub();
  return key;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const auto sig = tpm::parse_signature({input, size});
  if (!sig) return 0;
  if (sig->r.size() + sig->s.size() + sig->block.size() > size) std::abort();
  if (tpm::verify_signature(a_key(), *sig, as_bytes("nobody signed this")).ok()) std::abort();
  return 0;
}
