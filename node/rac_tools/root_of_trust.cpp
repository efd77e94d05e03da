#include "node/rac_tools/root_of_trust.hpp"

#include "tpm/device/attestation.hpp"
#include "tpm/device/endorsement.hpp"
#include "tpm/device/identity.hpp"
#include "tpm/evidence/binding.hpp"
#include "tpm/format/attest.hpp"
#include "tpm/format/public_area.hpp"

namespace muster::node {

namespace {

constexpr int most_quotes = 3;
constexpr std::uint32_t ima_pcrs = 1U << 10U; // CONFIG_IMA_MEASURE_PCR_IDX

tpm::pcr_selection without_ima(const tpm::pcr_selection& all) {
  tpm::pcr_selection out;
  for (const auto& bank : all)
    (void)out.add(bank.algorithm, bank.mask & ~ima_pcrs); // no more banks than `all` has
  return out;
}

bool equal_outside_ima(const tpm::pcr_values& a, const tpm::pcr_values& b, const tpm::pcr_selection& all) {
  for (const auto& bank : without_ima(all))
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.mask >> i & 1U) != 0 && !same(a.get(bank.algorithm, i), b.get(bank.algorithm, i)))
        return false;
  return true;
}

/// Whether the quote covers the values that were read before it. Our AKs sign with SHA-256.
bool quoted_as_read(const tpm::signed_quote& made, const tpm::pcr_values& read) {
  const auto said = tpm::parse_quote_attest(made.attest);
  if (!said) return false;
  return same(tpm::digest_of(read, said->order, hash_algorithm::sha256).view(), said->pcr_digest);
}

tpm::binding binding_of(const evidence_order& order, byte_view manifest) {
  return tpm::quote_binding(
      {order.nonce, order.node, order.exporter, order.node_spki, crypto::sha256(manifest)});
}

} // namespace

void survey_chip(const tpm::chip_address& at, boot_survey& out) {
  auto chip = tpm::chip::open(at);
  if (!chip) {
    out.chip_problem = chip.fault().check;
    return;
  }
  auto identity = tpm::read_identity(*chip);
  if (!identity) {
    out.chip_problem = identity.fault().check;
    return;
  }
  out.manufacturer = std::move(identity->manufacturer);
  out.vendor = std::move(identity->vendor);
  out.firmware = identity->firmware;
  out.banks = std::move(identity->banks);
}

result<machine_identity> read_identity(const tpm::chip_address& at) {
  auto chip = tpm::chip::open(at);
  if (!chip) return chip.fault();
  auto ek = tpm::load_endorsement_key(*chip);
  if (!ek) return ek.fault();
  auto ak = tpm::load_attestation_key(*chip);
  if (!ak) return ak.fault();
  machine_identity out;
  if (ek->certificate) {
    out.ek_certificates.push_back(std::move(*ek->certificate));
    for (auto& issuer : ek->chain)
      out.ek_certificates.push_back(std::move(issuer));
  }
  // A request has room for eight: the EK's own certificate and those nearest to it.
  constexpr std::size_t most_certificates = 8;
  if (out.ek_certificates.size() > most_certificates) out.ek_certificates.resize(most_certificates);
  // In the form that gives the id: a TPM may omit leading zeros of a coordinate.
  auto area = tpm::parse_public_area(ek->key.public_area());
  if (!area) return area.fault();
  out.ek_public = to_bytes(tpm::with_padded_point(*std::move(area)).raw());
  out.ak_public = to_bytes(ak->public_area());
  out.notes = std::move(ek->skipped);
  return out;
}

result<enrolment_answer> answer_challenge(const tpm::chip_address& at, const enrolment_question& question) {
  auto chip = tpm::chip::open(at);
  if (!chip) return chip.fault();
  auto ek = tpm::load_endorsement_key(*chip);
  if (!ek) return ek.fault();
  auto ak = tpm::load_attestation_key(*chip);
  if (!ak) return ak.fault();
  const auto secret =
      tpm::activate_credential(*chip, ek->key, *ak, question.credential_blob, question.encrypted_secret);
  if (!secret) return secret.fault();
  const auto area = tpm::parse_public_area(ek->key.public_area());
  if (!area) return area.fault();
  const auto id = tpm::node_id_of(*area);
  const auto transcript = tpm::enrolment_transcript(id, ak->name(), question.session);
  auto quote = tpm::quote(*chip, *ak, transcript, tpm::enrolment_selection());
  if (!quote) return quote.fault();
  return enrolment_answer{to_bytes(tpm::enrolment_proof(*secret, transcript).view()),
                          std::move(quote->attest), std::move(quote->signature)};
}

result<quoted_evidence> quote_evidence(const tpm::chip_address& at, const evidence_order& order,
                                       bytes manifest) {
  auto chip = tpm::chip::open(at);
  if (!chip) return chip.fault();
  const auto ak = tpm::load_attestation_key(*chip);
  if (!ak) return ak.fault();
  const auto extra_data = binding_of(order, manifest);
  auto values = tpm::read_pcrs(*chip, order.selection);
  if (!values) return values.fault();
  for (int attempt = 1;; ++attempt) {
    auto quote = tpm::quote(*chip, *ak, extra_data.view(), order.selection);
    if (!quote) return quote.fault();
    bool settled = quoted_as_read(*quote, *values) || attempt == most_quotes;
    if (!settled) {
      auto after = tpm::read_pcrs(*chip, order.selection);
      if (!after) return after.fault();
      settled = equal_outside_ima(*values, *after, order.selection);
      if (!settled) values = std::move(after);
    }
    if (settled)
      return quoted_evidence{order.number,
                             std::move(manifest),
                             std::move(quote->attest),
                             std::move(quote->signature),
                             std::move(*values),
                             false};
  }
}

} // namespace muster::node
