// A machine with a TPM in software: the load enrols and attests with a thousand of them.
#pragma once

#include "lab/vendor.hpp"
#include "tpm/evidence/credential.hpp"
#include "tpm/evidence/quote.hpp"

#include <functional>

namespace muster::bench {

/// The boot that all machines of a load share: real logs, and the resulting PCR values.
struct measured_software {
  bytes boot_log;
  bytes ima_log;
  std::uint64_t ima_entries = 0;
  tpm::pcr_values pcrs; ///< SHA-256, PCR 0 to 14
};

/// The selection that the service asks for.
tpm::pcr_selection routine_selection();

/// Replays the logs of a folder such as tests/data/vm/grub-sb. fault: a file is missing, or is not a log.
result<measured_software> load_software(const std::filesystem::path& folder);

/// EK (P-256, template L-2) with a certificate of the lab's vendor, AK (P-256 or RSA-2048), TLS key and boot
/// id. Acts like a genuine TPM, with the keys in memory.
class soft_machine {
public:
  /// `ak`: P-256 or RSA-2048. RSA keys are expensive to make, so machines may share them: no measurement
  /// depends on it.
  static result<soft_machine>
  make(const lab::vendor& vendor, crypto::private_key ak = crypto::private_key::make_ec(crypto::curve::p256));
  /// The same with a certificate of another maker, who gets the EK's TPMT_PUBLIC and returns DER.
  using certifier = std::function<result<bytes>(byte_view ek_public_area)>;
  static result<soft_machine> make(const certifier& maker, crypto::private_key ak);

  const bytes& ek_certificate() const noexcept { return ek_certificate_; }
  const tpm::public_area& ek() const noexcept { return ek_area_; }
  const tpm::ak_public& ak() const noexcept { return ak_; }
  const crypto::private_key& tls_key() const noexcept { return tls_key_; }
  const boot_id& boot() const noexcept { return boot_; }
  /// Moves it to this boot; its TPM counts from there.
  void be_in(const boot_id& boot, const tpm::clock_info& clock) {
    boot_ = boot;
    clock_ = clock;
  }
  /// Makes all further connections use this key.
  void use_key(crypto::private_key tls_key) { tls_key_ = std::move(tls_key); }
  node_id id() const { return tpm::node_id_of(ek_area_); }

  /// TPM2_ActivateCredential (TPM 2.0 Part 3, 12.5). fault mismatch: made for another EK or AK.
  result<crypto::secret> activate(const tpm::credential& sealed) const;

  struct quote {
    bytes attest;    ///< TPMS_ATTEST
    bytes signature; ///< TPMT_SIGNATURE
  };
  /// TPM2_Quote by the AK. The clock advances a little at each call.
  result<quote> sign_quote(byte_view extra_data, const tpm::pcr_selection& selection,
                           const tpm::pcr_values& values);

private:
  soft_machine(crypto::private_key ek, crypto::private_key ak, tpm::public_area ek_area,
               tpm::ak_public ak_public);

  crypto::private_key ek_;
  crypto::private_key ak_key_;
  crypto::private_key tls_key_;
  tpm::public_area ek_area_;
  tpm::ak_public ak_;
  bytes ek_certificate_;
  boot_id boot_;
  tpm::clock_info clock_{60'000, 3, 0, true};
};

} // namespace muster::bench
