#include "tpm/device/attestation.hpp"

#include "tpm/device/connection.hpp"
#include "tpm/format/public_area.hpp"
#include "tpm/format/templates.hpp"

#include <tss2/tss2_mu.h>

#include <algorithm>

namespace muster::tpm {
namespace {

// Flushes the session in every case.
class session {
public:
  explicit session(ESYS_CONTEXT* context) noexcept : context_{context} {}
  ~session() {
    if (value != ESYS_TR_NONE) Esys_FlushContext(context_, value);
  }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  ESYS_TR value = ESYS_TR_NONE;

private:
  ESYS_CONTEXT* context_;
};

// The policy of the L templates, PolicySecret(TPM_RH_ENDORSEMENT), satisfied with an empty password.
status start_ek_policy(const chip& tpm, session& policy) {
  TPMT_SYM_DEF none{};
  none.algorithm = TPM2_ALG_NULL;
  if (auto done =
          check("StartAuthSession", Esys_StartAuthSession(esys(tpm), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                                          ESYS_TR_NONE, ESYS_TR_NONE, nullptr, TPM2_SE_POLICY,
                                                          &none, TPM2_ALG_SHA256, &policy.value));
      !done)
    return done;
  // Continued after its use, so there is only one way in which it ends.
  if (auto done = check("StartAuthSession",
                        Esys_TRSess_SetAttributes(esys(tpm), policy.value, TPMA_SESSION_CONTINUESESSION,
                                                  TPMA_SESSION_CONTINUESESSION));
      !done)
    return done;
  return check("PolicySecret",
               Esys_PolicySecret(esys(tpm), ESYS_TR_RH_ENDORSEMENT, policy.value, ESYS_TR_PASSWORD,
                                 ESYS_TR_NONE, ESYS_TR_NONE, nullptr, nullptr, nullptr, 0, nullptr, nullptr));
}

result<bool> has_p256(const chip& tpm) {
  auto answer = get_capability(tpm, TPM2_CAP_ECC_CURVES, TPM2_ECC_NIST_P256, 1);
  if (!answer) return answer.fault();
  const auto& list = (*answer)->data.eccCurves;
  return list.count > 0 && list.eccCurves[0] == TPM2_ECC_NIST_P256;
}

// One TPM2_PCR_Read: moves the PCRs that it returns from `wanted` to `values`. False if it returned none.
result<bool> read_some(const chip& tpm, TPML_PCR_SELECTION& wanted, pcr_values& values) {
  esys_ptr<TPML_PCR_SELECTION> given;
  esys_ptr<TPML_DIGEST> digests;
  if (auto done = check("PCR_Read", Esys_PCR_Read(esys(tpm), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                                  &wanted, nullptr, out(given), out(digests)));
      !done)
    return done.fault();
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < given->count && i < wanted.count; ++i) {
    const auto& bank = given->pcrSelections[i];
    const auto algorithm = hash_algorithm_from(bank.hash);
    if (!algorithm || bank.hash != wanted.pcrSelections[i].hash)
      return fault{errc::malformed, "tpm: PCR_Read: answers for another bank"};
    for (unsigned pcr = 0; pcr < 8U * bank.sizeofSelect && pcr < pcr_count; ++pcr) {
      const auto bit = static_cast<std::uint8_t>(1U << pcr % 8U);
      if ((bank.pcrSelect[pcr / 8] & bit) == 0) continue;
      if (next == digests->count) return fault{errc::malformed, "tpm: PCR_Read: fewer values than it says"};
      const auto& value = digests->digests[next++];
      if (auto set = values.set(*algorithm, pcr, {value.buffer, value.size}); !set) return set.fault();
      wanted.pcrSelections[i].pcrSelect[pcr / 8] &= static_cast<std::uint8_t>(~bit);
    }
  }
  return next > 0;
}

} // namespace

result<loaded_key> load_attestation_key(chip& tpm) {
  const auto curve = has_p256(tpm);
  if (!curve) return curve.fault();
  return create_endorsement_primary(
      tpm, template_of(*curve ? ak_template::p256_ecdsa : ak_template::rsa2048_rsassa));
}

result<crypto::secret> activate_credential(chip& tpm, const loaded_key& ek, const loaded_key& ak,
                                           byte_view id_object, byte_view encrypted_secret) {
  TPM2B_ID_OBJECT blob{};
  TPM2B_ENCRYPTED_SECRET sealed{};
  if (auto filled = fill(blob, blob.credential, sizeof blob.credential, id_object); !filled)
    return filled.fault();
  if (auto filled = fill(sealed, sealed.secret, sizeof sealed.secret, encrypted_secret); !filled)
    return filled.fault();
  const auto area = parse_public_area(ek.public_area());
  if (!area) return area.fault();
  session policy{esys(tpm)};
  if (!area->has(object_attribute::user_with_auth))
    if (auto started = start_ek_policy(tpm, policy); !started) return started.fault();
  const auto ek_session = policy.value == ESYS_TR_NONE ? ESYS_TR_PASSWORD : policy.value;

  esys_ptr<TPM2B_DIGEST> opened;
  const auto rc = Esys_ActivateCredential(esys(tpm), ak.native(), ek.native(), ESYS_TR_PASSWORD, ek_session,
                                          ESYS_TR_NONE, &blob, &sealed, out(opened));
  // The TPM rejected a parameter: it does not decrypt, or its HMAC covers another Name.
  if (format_one(rc) != 0 && (rc & TPM2_RC_P) != 0)
    return fault{errc::mismatch, "credential: it was made for another EK or another AK"};
  if (auto done = check("ActivateCredential", rc); !done) return done.fault();
  crypto::secret secret{to_bytes({opened->buffer, opened->size})};
  std::fill_n(opened->buffer, opened->size, std::uint8_t{0});
  return secret;
}

result<signed_quote> quote(chip& tpm, const loaded_key& ak, byte_view extra_data,
                           const pcr_selection& selection) {
  TPM2B_DATA qualifying{};
  if (extra_data.size() > sizeof(bytes32)) return fault{errc::limit, "quote: extra data above 32 bytes"};
  if (auto filled = fill(qualifying, qualifying.buffer, sizeof qualifying.buffer, extra_data); !filled)
    return filled.fault();
  const auto wanted = to_tss(selection);
  if (!wanted) return wanted.fault();
  TPMT_SIG_SCHEME of_the_key{};
  of_the_key.scheme = TPM2_ALG_NULL;
  esys_ptr<TPM2B_ATTEST> attest;
  esys_ptr<TPMT_SIGNATURE> signature;
  if (auto done =
          check("Quote", Esys_Quote(esys(tpm), ak.native(), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                    &qualifying, &of_the_key, &*wanted, out(attest), out(signature)));
      !done)
    return done.fault();
  signed_quote made;
  made.attest = to_bytes({attest->attestationData, attest->size});
  made.signature.resize(sizeof(TPMT_SIGNATURE));
  std::size_t used = 0;
  if (auto done = check("Quote", Tss2_MU_TPMT_SIGNATURE_Marshal(signature.get(), made.signature.data(),
                                                                made.signature.size(), &used));
      !done)
    return done.fault();
  made.signature.resize(used);
  return made;
}

result<pcr_values> read_pcrs(chip& tpm, const pcr_selection& selection) {
  auto wanted = to_tss(selection);
  if (!wanted) return wanted.fault();
  pcr_values values;
  // A TPM returns at most eight values per call, and at least one if there are any.
  for (std::size_t call = 0; call <= max_pcr_banks * pcr_count; ++call) {
    const auto more = read_some(tpm, *wanted, values);
    if (!more) return more.fault();
    if (!*more) return values;
  }
  return fault{errc::malformed, "tpm: PCR_Read: does not end"};
}

} // namespace muster::tpm
