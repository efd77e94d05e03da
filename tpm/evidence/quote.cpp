#include "tpm/evidence/quote.hpp"

#include "tpm/format/signature.hpp"

namespace muster::tpm {

namespace {

constexpr std::uint32_t rh_endorsement = 0x4000000b; // TPM_RH_ENDORSEMENT

fault mismatch(const char* what) { return {errc::mismatch, std::string{"quote: "} + what}; }

// The key is that of `ak`; `ak.why()` says why it is trusted. The scheme is the key's: a signature may not
// choose its own algorithm.
status verify_signature_of(const trusted_ak& ak, const signed_attest& quote) {
  const auto sig = parse_signature(quote.signature);
  if (!sig) return sig.fault();
  if (signing_scheme{sig->algorithm, sig->hash} != ak.ak().scheme())
    return mismatch("the signature does not have the AK's scheme");
  return verify_signature(ak.ak().key(), *sig, quote.attest);
}

bool has_strong_bank(const pcr_selection& selection) noexcept {
  return std::any_of(selection.begin(), selection.end(), [](const pcr_bank& bank) {
    return bank.mask != 0 && bank.algorithm != hash_algorithm::sha1;
  });
}

status verify_rules(const quote_attest& attest, const ak_public& ak, quote_rules rules) {
  const auto selection = attest.order.merged();
  // A quote that selects no PCR would hold for any machine.
  if (selection.selects_nothing()) return fault{errc::denied, "quote: it selects no PCR"};
  if (rules.banks != bank_rule::any_bank && !has_strong_bank(selection))
    return fault{errc::denied, "quote: it has no bank better than SHA-1"};
  if (rules.signer != signer_rule::any_parent
      && !same(attest.qualified_signer, endorsement_qualified_name(ak)))
    return fault{errc::denied, "quote: the signer is not a primary key of the endorsement hierarchy"};
  return {};
}

} // namespace

verified_quote::verified_quote(const quote_attest& attest, hash_algorithm hash) noexcept
    : clock_{attest.clock}, firmware_version_{attest.firmware_version},
      selection_{attest.order.merged()}, order_{attest.order}, pcr_digest_{attest.pcr_digest}, hash_{hash} {}

result<verified_quote> verify_quote(const signed_attest& quote, const trusted_ak& ak, const binding& expected,
                                    const pcr_selection& requested, quote_rules rules) {
  if (auto held = verify_signature_of(ak, quote); !held) return held.fault();
  const auto attest = parse_quote_attest(quote.attest);
  if (!attest) return attest.fault();
  if (expected.empty() && rules.nonce != nonce_rule::may_be_empty)
    return fault{errc::internal, "quote: nothing expected in extraData"};
  if (!crypto::equal_constant_time(attest->extra_data, expected.view()))
    return mismatch("extraData is not what was asked for");
  const bool repeats = rules.selection != selection_rule::merged && attest->order.names_a_bank_twice();
  if (repeats || attest->order.merged() != requested)
    return mismatch("the PCR selection is not the one that was asked for");
  if (auto kept = verify_rules(*attest, ak.ak(), rules); !kept) return kept.fault();
  const auto hash = ak.ak().scheme().hash;
  if (attest->pcr_digest.size() != digest_size(hash))
    return mismatch("pcrDigest is not as long as the scheme's hash");
  return verified_quote{*attest, hash};
}

bytes endorsement_qualified_name(const ak_public& ak) {
  const auto algorithm = ak.area().name_algorithm();
  const auto hierarchy = writer{}.u32_be(rh_endorsement).take();
  const auto digest = crypto::hash(algorithm, {hierarchy, ak.name()});
  return writer{}.u16_be(static_cast<std::uint16_t>(algorithm)).put(digest.view()).take();
}

bool matches(const verified_quote& quote, const pcr_values& candidate) noexcept {
  const auto digest = digest_of(candidate, quote.order(), quote.hash());
  return !digest.empty() && digest == quote.pcr_digest();
}

result<verified_pcrs> verify_pcr_values(const verified_quote& quote, const pcr_values& claimed) {
  const auto present = claimed.present();
  for (const auto& bank : present)
    if ((bank.mask & ~quote.selection().mask_of(bank.algorithm)) != 0)
      return mismatch("a PCR value was sent that was not quoted");
  for (const auto& bank : quote.selection())
    if ((bank.mask & ~present.mask_of(bank.algorithm)) != 0)
      return mismatch("the value of a quoted PCR is missing");
  if (!matches(quote, claimed)) return mismatch("the PCR values do not lead to the quoted digest");
  return verified_pcrs{claimed};
}

} // namespace muster::tpm
