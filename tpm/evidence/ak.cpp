#include "tpm/evidence/ak.hpp"

#include "crypto/digest.hpp"
#include "tpm/evidence/credential.hpp"

namespace muster::tpm {

namespace {

// The parser has checked that the scheme fits the type, and knows no curve below P-256.
bool is_strong_enough(const public_area& area) noexcept {
  return area.ecc() != nullptr || area.rsa()->bits >= 2048;
}

bool is_weak(hash_algorithm hash) noexcept { return hash == hash_algorithm::sha1; }

} // namespace

ak_public::ak_public(public_area area, crypto::public_key key)
    : area_{std::move(area)}, key_{std::move(key)}, name_{name_of(area_)} {}

result<ak_public> verify_ak_form(public_area area) {
  using namespace object_attribute;
  if (!area.has(restricted | sign)) return fault{errc::denied, "ak: not a restricted signing key"};
  if (area.has(decrypt)) return fault{errc::denied, "ak: it may also decrypt"};
  if (!area.has(fixed_tpm | fixed_parent | sensitive_data_origin))
    return fault{errc::denied, "ak: not created in its TPM, or able to leave it"};
  if (!area.scheme()) return fault{errc::denied, "ak: it names no signing scheme"};
  if (is_weak(area.name_algorithm()) || is_weak(area.scheme()->hash))
    return fault{errc::denied, "ak: name algorithm or scheme is SHA-1"};
  if (!is_strong_enough(area)) return fault{errc::unsupported, "ak: RSA below 2048 bits"};
  if (area.scheme()->hash == hash_algorithm::sm3_256)
    return fault{errc::unsupported, "ak: signatures over SM3 cannot be verified"};
  if (!crypto::supported(area.name_algorithm()) || !crypto::supported(area.scheme()->hash))
    return fault{errc::unsupported, "ak: this build lacks its hash"};
  auto key = key_of(area);
  if (!key) return key.fault();
  return ak_public{std::move(area), *std::move(key)};
}

result<trusted_ak> trust_activated_ak(ak_public ak, const crypto::secret& secret, const bytes32& transcript,
                                      byte_view proof) {
  // Anyone could guess an empty or short secret.
  if (secret.view().size() != enrolment_secret_size)
    return fault{errc::internal, "ak: the secret is not 32 bytes long"};
  const auto expected = crypto::hmac(hash_algorithm::sha256, secret.view(), {transcript});
  if (!crypto::equal_constant_time(expected.view(), proof))
    return fault{errc::mismatch, "ak: the proof of activation does not verify"};
  return trusted_ak{std::move(ak), ak_trust::activated};
}

result<trusted_ak> trust_recorded_ak(byte_view tpmt_public) {
  auto area = parse_public_area(tpmt_public);
  if (!area) return area.fault();
  auto ak = verify_ak_form(*std::move(area));
  if (!ak) return ak.fault();
  return trusted_ak{*std::move(ak), ak_trust::recorded};
}

trusted_ak trust_claimed_ak(ak_public ak) { return {std::move(ak), ak_trust::claimed}; }

} // namespace muster::tpm
