#include "standing/vouching.hpp"

#include "tpm/format/attest.hpp"

#include <algorithm>

namespace muster::service {

namespace {

constexpr std::string_view denied_check = "identity.denied";
constexpr std::string_view ended_check = "identity.not-vouched";

result<std::vector<crypto::certificate>> parse_chain(std::span<const bytes> der) {
  std::vector<crypto::certificate> out;
  for (const auto& one : der) {
    auto parsed = crypto::certificate::from_padded_der(one);
    if (!parsed) return parsed.fault();
    out.push_back(std::move(*parsed));
  }
  return out;
}

result<tpm::ek_public> ek_of(const node_record& node) {
  auto area = tpm::parse_public_area(node.ek_public);
  if (!area) return area.fault();
  return tpm::verify_ek_form(*std::move(area));
}

bool of_vouching(const finding& one) { return one.check == denied_check || one.check == ended_check; }

} // namespace

result<vouching> vouch(std::span<const bytes> chain, const tpm::ek_public& ek, const vendor_trust& trust,
                       wall_time now) {
  if (auto denied = crypto::denial_of_ek(trust.policy.denied, ek.area().raw()))
    return vouching{endorsement::none, *std::move(denied), true};
  if (chain.empty()) return vouching{};
  const auto parsed = parse_chain(chain);
  if (!parsed) return vouching{endorsement::none, parsed.fault().check, false};
  const auto& leaf = parsed->front();
  if (leaf.key().spki() != ek.key().spki())
    return fault{errc::mismatch, "enrolment: the EK certificate is for another key than the EK"};
  const auto verified =
      crypto::verify_ek_certificate(leaf, std::span{*parsed}.subspan(1), trust.store, trust.policy, now);
  if (!verified)
    return vouching{endorsement::none, verified.fault().check, crypto::is_denial(verified.fault())};
  return vouching{endorsement::vendor, {}, false};
}

result<vouching> vouch(const node_record& node, const vendor_trust& trust, wall_time now) {
  const auto ek = ek_of(node);
  if (!ek) return ek.fault();
  return vouch(node.ek_chain, *ek, trust, now);
}

std::optional<std::string> firmware_denial(const node_record& node, byte_view attest,
                                           const vendor_trust& trust) {
  if (trust.policy.denied.firmware.empty() || node.ek_chain.empty()) return std::nullopt;
  const auto leaf = crypto::certificate::from_padded_der(node.ek_chain.front());
  const auto quoted = tpm::parse_quote_attest(attest);
  if (!leaf || !quoted) return std::nullopt;
  const auto manufacturer = crypto::manufacturer_of(*leaf);
  if (!manufacturer) return std::nullopt;
  return crypto::denial_of_firmware(trust.policy.denied, *manufacturer, {quoted->firmware_version});
}

bool take_vouching(node_record& node, const vouching& now, std::span<const bytes> chain) {
  const auto level = now.denied ? endorsement::none : std::max(node.admission_level, now.level);
  auto doubt = node.doubt;
  if (now.denied || level < node.level)
    doubt = now.doubt.empty() ? "no certificate came with the newest proof" : now.doubt;
  else if (level > node.level || now.level > endorsement::none || node.denied)
    doubt.clear();
  const bool same_chain = std::ranges::equal(node.ek_chain, chain);
  if (level == node.level && doubt == node.doubt && now.denied == node.denied && same_chain) return false;
  node.level = level;
  node.doubt = std::move(doubt);
  node.denied = now.denied;
  node.ek_chain.assign(chain.begin(), chain.end());
  return true;
}

std::optional<finding> vouching_finding(const node_record& node) {
  if (node.doubt.empty()) return std::nullopt;
  finding out;
  out.kind = finding_kind::identity;
  out.subject = "this TPM";
  out.found = printable(node.doubt, 512);
  if (node.denied) {
    out.level = severity::failure;
    out.check = denied_check;
    out.sentence = "This TPM is on a list of what is not believed any more: " + out.found + ".";
    out.remedy =
        "replace the TPM or update its firmware; if the list is wrong, correct admission.deny, or the CRL "
        "beside the vendor's roots, and reload";
  } else {
    out.level = severity::note;
    out.check = ended_check;
    out.expected = "a vendor's certificate";
    out.sentence = "A vendor vouched for this TPM, and nobody does any more: " + out.found + ".";
    out.remedy =
        "if the vendor's root was taken out by mistake, put it back into admission.vendor_roots and reload";
  }
  return out;
}

void renew_vouching_finding(appraisal::kept_findings& kept, const node_record& node) {
  const auto gone = std::erase_if(kept.findings, of_vouching);
  kept.total -= std::min<std::uint64_t>(kept.total, gone);
  auto next = vouching_finding(node);
  if (!next) return;
  kept.findings.insert(kept.findings.begin(), *std::move(next));
  kept.total += 1;
}

void renew_vouching_finding(node_state& state, const node_record& node) {
  appraisal::kept_findings kept{std::move(state.findings), state.findings_total};
  renew_vouching_finding(kept, node);
  state.findings = std::move(kept.findings);
  state.findings_total = static_cast<std::uint32_t>(kept.total);
}

} // namespace muster::service
