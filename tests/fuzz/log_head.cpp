// Signed heads of the log, as agents return them: a head that parses is
// written to the same bytes, and does not verify.
#include "crypto/log_head.hpp"

#include <cstdlib>

using namespace muster;

namespace {

const crypto::public_key& log_key() {
  static const auto key = crypto::private_key::make_ec(crypto::curve::p256).pub();
  return key;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const auto heads = crypto::parse_log_heads({input, size});
  if (!heads) return 0;
  bytes again;
  for (const auto& one : *heads) {
    append(again, crypto::encode(one));
    if (crypto::verify_log_head(one, log_key()).ok()) std::abort();
  }
  if (!same(again, {input, size})) std::abort();
  return 0;
}
