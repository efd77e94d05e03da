#include "appraisal/policy/signature_rules.hpp"

#include "crypto/appended_signature.hpp"
#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/format/ima_signature.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::uint8_t verity_signature_type = 6; // IMA_VERITY_DIGSIG

crypto::signature_scheme scheme_of(const crypto::public_key& key) noexcept {
  return key.is_rsa() ? crypto::signature_scheme::rsassa_pkcs1 : crypto::signature_scheme::ecdsa;
}

/// The digest that was signed. struct ima_file_id of version 3: UINT8 type; UINT8 algorithm; BYTE digest[]
crypto::digest signed_digest(const tpm::ima_signature& signature, byte_view digest) {
  if (signature.kind == tpm::ima_signature_kind::file_digest) return crypto::digest{digest};
  const std::uint8_t head[] = {verity_signature_type, signature.kernel_algorithm};
  return crypto::hash(signature.algorithm, {byte_view{head}, digest});
}

/// A version 2 signature does not cover the type, so the type must fit what was measured.
bool right_kind(const tpm::ima_signature& signature, const tpm::ima_entry& entry) noexcept {
  const bool verity = entry.subject == tpm::ima_subject::verity_root;
  return verity == (signature.kind == tpm::ima_signature_kind::verity_digest)
         && signature.algorithm == entry.algorithm;
}

} // namespace

const pinned_key* signature_rules::find(byte_view fingerprint) const noexcept {
  const auto found =
      std::ranges::find_if(keys, [&](const pinned_key& one) { return same(one.fingerprint(), fingerprint); });
  return found == keys.end() ? nullptr : &*found;
}

std::optional<bytes32> digest_of_pins(const signature_rules& rules) {
  if (!rules.wanted()) return std::nullopt;
  std::vector<std::pair<bytes32, std::uint32_t>> sorted;
  for (const auto& key : rules.keys)
    sorted.emplace_back(key.fingerprint(), key.key_id());
  std::ranges::sort(sorted);
  writer out;
  for (const auto& [fingerprint, key_id] : sorted)
    out.put(fingerprint).u32_be(key_id);
  return crypto::sha256(out.view());
}

signature_judgement signature_judge::judge(const tpm::ima_entry& entry) {
  if (entry.violation()) return {file_signature::none, {}};
  if (entry.subject == tpm::ima_subject::unknown_hash) // we cannot tell what was signed
    return {entry.signature.empty() && entry.appended.empty() ? file_signature::none : file_signature::wrong,
            {}};
  auto out = judge_attribute(entry);
  if (out.state == file_signature::holds || entry.appended.empty()) return out;
  const auto appended = judge_appended(entry);
  return out.state == file_signature::none || appended.state == file_signature::holds ? appended : out;
}

signature_judgement signature_judge::judge_attribute(const tpm::ima_entry& entry) {
  if (entry.signature.empty()) return {file_signature::none, {}};
  const auto signature = tpm::parse_ima_signature(entry.signature);
  // security.ima may hold a digest instead of a signature, which signs nothing.
  if (!signature)
    return {signature.fault().code == errc::unsupported ? file_signature::none : file_signature::wrong, {}};
  signature_judgement out{file_signature::unknown_key, {}};
  const auto digest = signed_digest(*signature, entry.digest);
  for (const auto& key : rules_.keys) {
    if (key.key_id() != signature->key_id) continue;
    out.state = file_signature::wrong;
    if (!right_kind(*signature, entry)) continue;
    if (key.key().verify_digest(scheme_of(key.key()), signature->algorithm, digest.view(),
                                signature->signature))
      return {file_signature::holds, key.fingerprint()};
  }
  return out;
}

/// A PKCS#7 message names a certificate, which an operator may not have, so every key is tried.
signature_judgement signature_judge::judge_appended(const tpm::ima_entry& entry) {
  for (const auto& key : rules_.keys)
    if (crypto::verify_appended(entry.appended, entry.appended_algorithm, entry.appended_digest, key.key()))
      return {file_signature::holds, key.fingerprint()};
  return {file_signature::unknown_key, {}};
}

file_signature signature_under(const signature_rules& rules, const file_claim& claim) noexcept {
  if (claim.signature == file_signature::holds && rules.find(claim.signer) == nullptr)
    return file_signature::unknown_key;
  return claim.signature;
}

} // namespace muster::appraisal
