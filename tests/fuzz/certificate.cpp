// Certificates as strangers send them at enrolment: reading, padding, PEM,
// and docs/checks.md 1 up to the signature check.
#include "crypto/ek_certificate.hpp"
#include "crypto/key_strength.hpp"

#include <cstdlib>

using namespace muster;
using namespace muster::crypto;

namespace {

void check_one(const certificate& one) {
  // The certificate must read again from its own bytes, and its key from its own SubjectPublicKeyInfo.
  const auto again = certificate::from_der(one.der());
  if (!again || !(*again == one)) std::abort();
  if (!public_key::from_spki(one.fields().spki)) std::abort();
  static_cast<void>(verify_key_strength(one.key()));
  static_cast<void>(one.is_self_signed());
  const std::vector<certificate> sent{one};
  // An empty store trusts no certificate.
  if (verify_ek_certificate(one, sent, {}, {}, one.fields().not_before)) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view input{data, size};
  if (const auto one = certificate::from_padded_der(input)) check_one(*one);
  if (const auto all = certificate::from_file(input))
    for (const auto& one : *all)
      check_one(one);
  const std::vector<named_bytes> files{{"input", input}};
  static_cast<void>(vendor_store::make(files));
  return 0;
}
