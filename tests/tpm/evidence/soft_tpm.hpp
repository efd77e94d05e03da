// The TPM's side of quotes and credentials, with private keys in memory, for tests of the verifying code. It
// can also attest things that no genuine TPM would.
#pragma once

#include "tpm/evidence/enrolment.hpp"

namespace muster::testing {

/// The fields of a TPMS_ATTEST, which a test sets as it needs.
struct attest_fields {
  std::uint32_t magic = tpm::tpm_generated_value;
  std::uint16_t type = tpm::attest_quote_tag;
  bytes qualified_signer;
  bytes extra_data;
  std::uint64_t clock = 1000;
  std::uint32_t reset_count = 3;
  std::uint32_t restart_count = 1;
  std::uint8_t safe = 1;
  std::uint64_t firmware_version = 7;
  bytes selection; ///< TPML_PCR_SELECTION
  bytes pcr_digest;
  bytes behind; ///< trailing bytes that do not belong there
};
bytes to_bytes(const attest_fields& fields);

/// An attestation and its signature.
struct made_quote {
  bytes attest;
  bytes signature;
  tpm::signed_attest view() const { return {attest, signature}; }
};

/// The public area of `key` as if made from a template (TPMT_PUBLIC); replaces the template's unique field.
tpm::public_area area_of(const bytes& key_template, const crypto::public_key& key);

/// TPM2_ActivateCredential (TPM 2.0 Part 3, 12.5). Empty where a TPM would return TPM_RC_INTEGRITY or an
/// error about the seed.
std::optional<bytes> activate(const crypto::private_key& ek, const tpm::public_area& ek_area,
                              byte_view ak_name, const tpm::credential& sealed);

class soft_tpm {
public:
  explicit soft_tpm(tpm::ek_template ek = tpm::ek_template::l2_p256,
                    tpm::ak_template ak = tpm::ak_template::p256_ecdsa);

  const tpm::public_area& ek() const noexcept { return ek_area_; }
  const tpm::public_area& ak() const noexcept { return ak_area_; }
  tpm::ek_public checked_ek() const { return tpm::verify_ek_form(ek_area_).value(); }
  tpm::ak_public checked_ak() const { return tpm::verify_ak_form(ak_area_).value(); }
  tpm::trusted_ak trusted() const { return tpm::trust_recorded_ak(ak_area_.raw()).value(); }

  std::optional<bytes> activate(const tpm::credential& sealed) const;

  /// The fields that an honest TPM would attest.
  attest_fields honest(byte_view extra_data, const tpm::pcr_selection& selection,
                       const tpm::pcr_values& values) const;
  /// Signs any fields.
  made_quote sign(const attest_fields& fields) const;

private:
  crypto::private_key ek_;
  crypto::private_key ak_;
  tpm::public_area ek_area_;
  tpm::public_area ak_area_;
};

/// Values for all selected PCRs: every byte of PCR i is i + 1, in each bank.
tpm::pcr_values values_for(const tpm::pcr_selection& selection);

} // namespace muster::testing
