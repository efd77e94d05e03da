#include "standing/vouching.hpp"

#include "tpm/format/attest.hpp"

#include <algorithm>

namespace muster::service {

namespace {

constexpr std::string_view denied_check = "identity.denied";
constexpr std::string_view ended_check = "identity.not-vouched";

/// The limit for each kind, as `max_certificates` is for one proof.
constexpr std::size_t most_of_a_kind = 8;

/// Certificates, sorted by what they can be good for. One that fits neither kind is good for nothing.
struct shown_certificates {
  std::vector<crypto::certificate> own; ///< for the EK's key
  std::vector<crypto::certificate> cas;
  std::string doubt; ///< why the last unreadable one cannot be read; empty: all can
};

shown_certificates sort_out(std::span<const bytes> chain, const crypto::public_key& ek) {
  shown_certificates out;
  for (const auto& one : chain) {
    auto parsed = crypto::certificate::from_padded_der(one);
    if (!parsed) {
      out.doubt = parsed.fault().check;
      continue;
    }
    if (parsed->key().spki() == ek.spki())
      out.own.push_back(*std::move(parsed));
    else if (parsed->fields().is_ca)
      out.cas.push_back(*std::move(parsed));
  }
  return out;
}

/// Denials come first, and on their own: a certificate that does not verify, or has expired, excuses nothing.
vouching judge(const shown_certificates& shown, const tpm::ek_public& ek, const vendor_trust& trust,
               wall_time now) {
  if (auto denied = crypto::denial_of_ek(trust.policy.denied, ek.id().raw))
    return {endorsement::none, *std::move(denied), true};
  if (const auto mirrored = ek.mirrored_id())
    if (auto denied = crypto::denial_of_ek(trust.policy.denied, mirrored->raw))
      return {endorsement::none, *std::move(denied), true};
  if (auto denied = crypto::denial_of_ek_certificates(shown.own, shown.cas, trust.store, trust.policy))
    return {endorsement::none, *std::move(denied), true};
  vouching out{endorsement::none, shown.doubt, false};
  for (const auto& leaf : shown.own) {
    auto judged = crypto::judge_ek_certificate(leaf, shown.cas, trust.store, trust.policy, now);
    auto* refused = std::get_if<crypto::ek_refusal>(&judged);
    if (refused == nullptr) return {endorsement::vendor, {}, false};
    out.doubt = refused->said.check;
    out.refusal = std::move(*refused);
  }
  if (auto denied = crypto::denial_of_certified_firmware(shown.own, trust.policy))
    return {endorsement::none, *std::move(denied), true};
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
  if (!chain.empty())
    if (const auto leaf = crypto::certificate::from_padded_der(chain.front());
        leaf && leaf->key().spki() != ek.key().spki())
      return fault{errc::mismatch, "enrolment: the EK certificate is for another key than the EK"};
  return judge(sort_out(chain, ek.key()), ek, trust, now);
}

std::optional<node_id> other_id_of(const proven_machine& who) {
  auto area = tpm::parse_public_area(who.ek_public);
  if (!area) return std::nullopt;
  const auto ek = tpm::verify_ek_form(*std::move(area));
  return ek ? ek->mirrored_id() : std::nullopt;
}

result<vouching> vouch(const node_record& node, const vendor_trust& trust, wall_time now) {
  const auto ek = ek_of(node);
  if (!ek) return ek.fault();
  return judge(sort_out(node.ek_chain, ek->key()), *ek, trust, now);
}

ek_certificate_doubts doubts_of(const node_record& node, const vendor_trust& trust, wall_time now) {
  const auto ek = ek_of(node);
  if (!ek) return {};
  const auto shown = sort_out(node.ek_chain, ek->key());
  if (shown.own.empty()) return {};
  const auto& leaf = shown.own.back(); // of which `vouch` tells the refusal
  return {crypto::other_purpose(leaf), crypto::ek_doubts(leaf, shown.cas, trust.store, trust.policy, now)};
}

std::optional<std::string> firmware_denial(const node_record& node, byte_view attest,
                                           const vendor_trust& trust) {
  if (trust.policy.denied.firmware.empty() || node.ek_chain.empty()) return std::nullopt;
  const auto ek = ek_of(node);
  const auto quoted = tpm::parse_quote_attest(attest);
  if (!ek || !quoted) return std::nullopt;
  const auto shown = sort_out(node.ek_chain, ek->key());
  for (const auto& leaf : shown.own) {
    const auto manufacturer = crypto::manufacturer_of(leaf);
    if (!manufacturer) continue;
    if (auto denied =
            crypto::denial_of_firmware(trust.policy.denied, *manufacturer, {quoted->firmware_version}))
      return denied;
  }
  return std::nullopt;
}

std::vector<bytes> kept_chain(std::span<const bytes> on_record, std::span<const bytes> shown) {
  std::vector<bytes> out{on_record.begin(), on_record.end()};
  std::vector<crypto::certificate> known;
  std::array<std::size_t, 2> kept{}; // [0]: others, [1]: of CAs
  for (const auto& one : on_record)
    if (auto parsed = crypto::certificate::from_padded_der(one)) {
      kept[parsed->fields().is_ca ? 1 : 0] += 1;
      known.push_back(*std::move(parsed));
    }
  for (const auto& one : shown) {
    auto parsed = crypto::certificate::from_padded_der(one);
    if (!parsed || std::ranges::find(known, *parsed) != known.end()) continue;
    auto& of_its_kind = kept[parsed->fields().is_ca ? 1 : 0];
    if (of_its_kind >= most_of_a_kind || out.size() >= 2 * most_of_a_kind) continue;
    of_its_kind += 1;
    out.push_back(parsed->der());
    known.push_back(*std::move(parsed));
  }
  return out;
}

bool take_proof(node_record& node, endorsement level, std::span<const bytes> shown) {
  auto chain = kept_chain(node.ek_chain, shown);
  const bool more = chain != node.ek_chain;
  node.ek_chain = std::move(chain);
  // A denial on record is judged again by what is in force, not by what a proof leaves out.
  if (node.denied || level <= node.level) return more;
  return take_vouching(node, {level, {}, false}) || more;
}

bool take_vouching(node_record& node, const vouching& now) {
  const auto level = now.denied ? endorsement::none : std::max(node.admission_level, now.level);
  auto doubt = node.doubt;
  if (now.denied || level < node.level)
    doubt = now.doubt.empty() ? "no certificate is on record" : now.doubt;
  else if (level > node.level || now.level > endorsement::none || node.denied)
    doubt.clear();
  if (level == node.level && doubt == node.doubt && now.denied == node.denied) return false;
  node.level = level;
  node.doubt = std::move(doubt);
  node.denied = now.denied;
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
    out.sentence =
        "This TPM is on a list of TPMs or certificates that are no longer trusted: " + out.found + ".";
    out.remedy = "replace the TPM or update its firmware; if the list is wrong, correct admission.deny, or "
                 "the CRL next to the vendor's roots, and reload";
  } else {
    out.level = severity::note;
    out.check = ended_check;
    out.expected = "a vendor's certificate";
    out.sentence = "A vendor vouched for this TPM, but no vendor does any longer: " + out.found + ".";
    // Which remedy fits depends on what is in force when somebody reads this (standing/unvouched.hpp).
    out.remedy = "look at `not vouched` in muster node show NODE: it says what to do";
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
