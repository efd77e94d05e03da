#include "cli/evidence/claimed_ak.hpp"

#include "cli/files/file_role.hpp"
#include "tpm/files/bare_key.hpp"
#include "tpm/files/plain_signature.hpp"
#include "tpm/format/signature.hpp"

#include <algorithm>

namespace muster::cli {

namespace {

using outcome = std::variant<claimed_signature, signer_fault>;

signer_fault of_ak(fault why) { return {signer_fault::about::ak, std::move(why)}; }
signer_fault of_signature(fault why) { return {signer_fault::about::signature, std::move(why)}; }

bool is_of_rsa(tpm::signature_algorithm algorithm) noexcept {
  return algorithm != tpm::signature_algorithm::ecdsa;
}

/// SHA-1 comes last: a signature over it is recognised, so that it can be refused by name.
std::vector<tpm::signing_scheme> schemes_of(const crypto::public_key& key) {
  using tpm::signature_algorithm;
  std::vector<tpm::signing_scheme> out;
  for (const auto hash :
       {hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512, hash_algorithm::sha1}) {
    if (key.is_rsa()) {
      out.push_back({signature_algorithm::rsassa, hash});
      out.push_back({signature_algorithm::rsapss, hash});
    } else {
      out.push_back({signature_algorithm::ecdsa, hash});
    }
  }
  return out;
}

/// The scheme under which the plain signature holds; if there is none, the usual one, under which it fails.
tpm::signing_scheme scheme_of_plain(const crypto::public_key& key, const signer_files& in) {
  const auto all = schemes_of(key);
  for (const auto& scheme : all) {
    const auto framed = tpm::framed_signature(in.signature, key, scheme);
    const auto sig = framed ? tpm::parse_signature(*framed) : result<tpm::signature>{framed.fault()};
    if (sig && tpm::verify_signature(key, *sig, in.attest)) return scheme;
  }
  return all.front();
}

/// "RSA-2048", "P-384".
std::string name_of(const crypto::public_key& key) {
  return (key.is_rsa() ? "RSA-" : "P-") + std::to_string(key.bits());
}

/// Without the zeros in front: a TPM may write a number as long as the field, or shorter.
std::size_t significant(byte_view number) {
  return static_cast<std::size_t>(
      number.end() - std::ranges::find_if(number, [](std::uint8_t octet) { return octet != 0; }));
}

/// "an RSA-2048": the kind of key whose signatures are this long. A signature by a larger curve whose numbers are both
/// this short is one in 2^256. An RSA signature is as long as the modulus.
std::string signer_of(const tpm::signature& sig) {
  if (is_of_rsa(sig.algorithm)) return "an RSA-" + std::to_string(sig.block.size() * 8);
  const auto longest = std::max(significant(sig.r), significant(sig.s));
  return longest <= 32 ? "a P-256" : longest <= 48 ? "a P-384" : "a P-521";
}

/// A signature by another kind or size of key is a mistake in what was given: it says nothing of the machine.
status check_signer(const crypto::public_key& key, const tpm::signature& sig) {
  const auto signer = signer_of(sig);
  if (signer.ends_with(' ' + name_of(key))) return {};
  return fault{errc::mismatch, "it is a signature by " + signer + " key, and the AK is " + name_of(key)
                                   + ": give the AK that signed"};
}

outcome claimed(tpm::public_area area, bytes signature) {
  auto ak = tpm::verify_ak_form(std::move(area));
  if (!ak) return of_ak(ak.fault());
  return claimed_signature{tpm::trust_claimed_ak(*std::move(ak)), std::move(signature)};
}

/// A key that names its scheme: a plain signature can only be of that one.
outcome with_area(tpm::public_area area, const signer_files& in) {
  const auto framed = tpm::parse_signature(in.signature);
  auto key = tpm::key_of(area);
  if (framed && key)
    if (auto fits = check_signer(*key, *framed); !fits) return of_signature(fits.fault());
  if (framed) return claimed(std::move(area), to_bytes(in.signature));
  if (!key || !area.scheme()) return claimed(std::move(area), {}); // verify_ak_form says what is wrong
  if (!tpm::is_plain_signature(in.signature, *key))
    return of_signature(named(in.signature, file_role::signature, framed.fault()));
  auto made = tpm::framed_signature(in.signature, *key, *area.scheme());
  if (!made) return of_signature(made.fault());
  return claimed(std::move(area), *std::move(made));
}

outcome with_bare(const crypto::public_key& key, const signer_files& in) {
  const auto framed = tpm::parse_signature(in.signature);
  if (!framed && !tpm::is_plain_signature(in.signature, key))
    return of_signature(
        named(in.signature, file_role::signature,
              {framed.fault().code, framed.fault().check + "; nor is it a plain signature by this "
                                        + name_of(key) + " key, by its length or form"}));
  if (framed)
    if (auto fits = check_signer(key, *framed); !fits) return of_signature(fits.fault());
  const auto scheme =
      framed ? tpm::signing_scheme{framed->algorithm, framed->hash} : scheme_of_plain(key, in);
  auto area = tpm::assumed_area(key, scheme);
  if (!area) return of_ak(area.fault());
  auto signature =
      framed ? result<bytes>{to_bytes(in.signature)} : tpm::framed_signature(in.signature, key, scheme);
  if (!signature) return of_signature(signature.fault());
  return claimed(*std::move(area), *std::move(signature));
}

} // namespace

outcome claim_signature(const signer_files& in) {
  auto sized = tpm::parse_sized_public_area(in.ak);
  if (sized) return with_area(*std::move(sized), in);
  if (auto area = tpm::parse_public_area(in.ak)) return with_area(*std::move(area), in);
  const auto kind = tpm::kind_of(in.ak);
  if (kind == tpm::file_kind::public_area) sized = tpm::parse_public_area(in.ak);
  if (kind != tpm::file_kind::pem_public_key && kind != tpm::file_kind::der_public_key)
    return of_ak(named(in.ak, file_role::ak, sized.fault()));
  const auto bare = tpm::parse_bare_key(in.ak);
  if (!bare) return of_ak(bare.fault());
  return with_bare(*bare, in);
}

} // namespace muster::cli
