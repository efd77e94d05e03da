// TPM quotes: from signed bytes to PCR values that can be believed.
#pragma once

#include "tpm/evidence/ak.hpp"
#include "tpm/evidence/binding.hpp"
#include "tpm/format/attest.hpp"
#include "tpm/format/pcr_values.hpp"

namespace muster::tpm {

/// A quote as received, as views: the bytes must outlive the call that takes it.
struct signed_attest {
  byte_view attest;    ///< TPMS_ATTEST
  byte_view signature; ///< TPMT_SIGNATURE
};

/// The place in the TPM's hierarchies that the AK must have. The zero value is the strict rule.
enum class signer_rule : std::uint8_t {
  endorsement_primary, ///< qualifiedSigner == nameAlg || H(0x4000000B || AK Name); counters not obfuscated
  any_parent           ///< not checked: tpm2-tools makes AKs as children of the EK
};

/// The banks that a selection must have. The zero value is the strict rule.
enum class bank_rule : std::uint8_t {
  sha256_or_better, ///< at least one PCR of a bank other than SHA-1
  any_bank
};

/// How the selection must be written. The zero value is the strict rule.
enum class selection_rule : std::uint8_t {
  canonical, ///< each bank once, in the order that was asked for
  merged     ///< the same PCRs; a bank may be named again, as tpm2-tools take it
};

/// Whether the qualifying data may be empty. The zero value is the strict rule.
enum class nonce_rule : std::uint8_t {
  required,    ///< an empty `expected` is refused
  may_be_empty ///< a person says that the quote was made without a nonce: nothing shows when it was made
};

/// What a quote must satisfy in addition to its signature. The default is what the service demands.
struct quote_rules {
  signer_rule signer = signer_rule::endorsement_primary;
  bank_rule banks = bank_rule::sha256_or_better;
  selection_rule selection = selection_rule::canonical;
  nonce_rule nonce = nonce_rule::required;
};
inline constexpr quote_rules service_rules{};
/// For evidence that other tools made; reports on it must say which banks were quoted.
inline constexpr quote_rules offline_rules{signer_rule::any_parent, bank_rule::any_bank,
                                           selection_rule::merged, nonce_rule::required};

/// A quote that was verified. Only `verify_quote` makes one.
class verified_quote {
public:
  const clock_info& clock() const noexcept { return clock_; }
  std::uint64_t firmware_version() const noexcept { return firmware_version_; }
  /// What is quoted; each bank once.
  const pcr_selection& selection() const noexcept { return selection_; }
  /// The order in which the values were hashed.
  const pcr_order& order() const noexcept { return order_; }
  /// Digest of all selected PCR values in `order()`, made with `hash()`.
  const crypto::digest& pcr_digest() const noexcept { return pcr_digest_; }
  /// The hash algorithm of the signature scheme.
  hash_algorithm hash() const noexcept { return hash_; }

private:
  friend result<verified_quote> verify_quote(const signed_attest& quote, const trusted_ak& ak,
                                             const binding& expected, const pcr_selection& requested,
                                             quote_rules rules);
  verified_quote(const quote_attest& attest, hash_algorithm hash) noexcept;

  clock_info clock_;
  std::uint64_t firmware_version_ = 0;
  pcr_selection selection_;
  pcr_order order_;
  crypto::digest pcr_digest_;
  hash_algorithm hash_;
};

/// Verifies a TPM2_Quote. Checks, in this order (docs/checks.md 5 to 9):
///   1. the signature names the scheme and hash of `ak` and holds over the received bytes
///   2. the bytes are a TPMS_ATTEST with TPM_GENERATED_VALUE and type ATTEST_QUOTE, with no trailing bytes
///   3. qualifying data equals `expected` (constant time); an empty `expected` is refused, unless `rules`
///      let it be empty: then the qualifying data must be empty, too
///   4. the selection equals `requested`: banks, masks and order; under `selection_rule::merged` an entry may
///      name a bank again
///   5. the selection has a bank that `rules` accepts, and selects at least one PCR
///   6. qualifiedSigner is that of `ak` under the hierarchy that `rules` demands, if it demands one
///   7. pcrDigest has the length of the scheme's hash
/// The caller must have issued `expected` to this attester, and must not use it again. The caller still has
/// to check the counters (`compare_counters`) and the PCR values (`verify_pcr_values`). fault malformed,
/// unsupported, mismatch, denied.
result<verified_quote> verify_quote(const signed_attest& quote, const trusted_ak& ak, const binding& expected,
                                    const pcr_selection& requested, quote_rules rules = service_rules);

/// nameAlg || H(0x4000000B || AK Name): the qualified name of an AK that is a primary of the endorsement
/// hierarchy (TPM 2.0 Part 1, 16; nameAlg is the AK's).
bytes endorsement_qualified_name(const ak_public& ak);

/// Whether `candidate` gives the quoted digest; values outside the selection are ignored. Costs one hash and
/// no allocation, so a search can call it for each candidate.
bool matches(const verified_quote& quote, const pcr_values& candidate) noexcept;

/// PCR values that a verified quote covers. Only `verify_pcr_values` makes them.
class verified_pcrs {
public:
  const pcr_values& values() const noexcept { return values_; }
  /// Empty for a PCR that was not quoted.
  byte_view get(hash_algorithm bank, unsigned index) const noexcept { return values_.get(bank, index); }

private:
  friend result<verified_pcrs> verify_pcr_values(const verified_quote& quote, const pcr_values& claimed);
  explicit verified_pcrs(const pcr_values& values) : values_{values} {}
  pcr_values values_;
};

/// Believes `claimed` if it has exactly the quoted PCRs and their digest is the quoted one
/// (docs/checks.md 8). fault mismatch: a value is missing or was not quoted, or the digest differs.
result<verified_pcrs> verify_pcr_values(const verified_quote& quote, const pcr_values& claimed);

} // namespace muster::tpm
