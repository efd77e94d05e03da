#include "standing/unvouched.hpp"

#include <algorithm>

namespace muster::service {

namespace {

using reason = crypto::ek_refusal_reason;

/// The whole command for a candidate that waits, as a last sentence. Empty if no approval is awaited.
std::string approval_of(const node_record& node) {
  if (!node.candidate || node.candidate->approved_fingerprint) return {};
  constexpr std::size_t shown_digits = 8; // the least that the interface takes for an id
  const auto& who = *node.candidate;
  return ". An operator can admit the machine all the same, if its agent logs the same fingerprint: muster "
         "node "
         "approve "
         + to_hex(node.id.raw).substr(0, shown_digits) + " --fingerprint "
         + to_hex(fingerprint_of(who.ek_public, who.ak_public, who.node_spki)) + " --group GROUP";
}

const crypto::tpm_manufacturer* maker_of(const crypto::ek_refusal& refusal) {
  return refusal.manufacturer ? crypto::find_tpm_manufacturer(*refusal.manufacturer) : nullptr;
}

std::string reload(std::string what) { return std::move(what) + " and reload (systemctl reload muster-ras)"; }

/// The remedy is a decision about makers. It says nothing of roots: whether one is missing is not known yet.
std::string about_manufacturer(const crypto::ek_refusal& refusal, const vendor_trust& trust) {
  const auto id = refusal.manufacturer ? to_string(*refusal.manufacturer) : std::string{"it"};
  const auto* known = maker_of(refusal);
  std::string out;
  if (trust.policy.manufacturers.empty()) out = "the list is empty and accepts no TPM. ";
  if (known == nullptr)
    out += "no maker with this id is known here: ask where the machine comes from. ";
  else if (known->kind == crypto::tpm_kind::virtual_tpm)
    out += "a virtual TPM is worth as much as the host that runs it. ";
  return out
         + reload("if you trust the maker of these TPMs, add \"" + id
                  + "\" to admission.manufacturers (a list there replaces the default, so name your other "
                    "makers in "
                    "it as well)");
}

/// Where to look is taken from our table. A certificate that is not believed yet could name any place.
std::string about_root(const crypto::ek_refusal& refusal) {
  // The certificate chose this name.
  const auto issuer =
      refusal.issuer.empty() ? std::string{"its issuer"} : '"' + printable(refusal.issuer, 200) + '"';
  const auto* known = maker_of(refusal);
  auto out = reload("put the CA certificate of " + issuer
                    + " and those above it, up to the root, into a folder of "
                      "admission.vendor_roots");
  if (known != nullptr && !known->roots.empty())
    return out + "; " + std::string{known->name.substr(0, known->name.find(':'))} + ": see "
           + std::string{known->roots};
  return out + "; ask the TPM's vendor where it publishes them";
}

std::string remedy_for(const crypto::ek_refusal& refusal, const vendor_trust& trust) {
  switch (refusal.why) {
  case reason::manufacturer: return about_manufacturer(refusal, trust);
  case reason::no_root: return about_root(refusal);
  case reason::time: return "check the clock of the service. A certificate that has ended is not renewed";
  case reason::issuer_time:
    return reload("check for a newer certificate of this CA, put it into a folder of admission.vendor_roots")
           + "; if its vendor has none, the certificate was not made by this CA as it should be";
  case reason::constraint:
    return "no setting mends it: the CA's own certificate forbids it, and perhaps somebody else made this "
           "one. Ask the TPM's vendor";
  case reason::names:
  case reason::usage:
    return "no setting mends it: it does not have the form of a TPM 2.0's EK certificate (of TPM 1.2, "
           "perhaps). Ask the TPM's vendor";
  case reason::weak:
    return "no setting mends it: keys and hashes like that can be forged. Ask the TPM's vendor for newer "
           "firmware or another certificate";
  case reason::denied:
    return "if the list is wrong, correct admission.deny, or the CRL next to the vendor's roots, and reload";
  case reason::path: break;
  }
  return "ask the TPM's vendor for the CA certificates that belong to it";
}

node_record with_candidate(const node_record& node) {
  auto out = node;
  if (!node.candidate) return out;
  if (out.ek_public.empty()) out.ek_public = node.candidate->ek_public;
  out.ek_chain = kept_chain(out.ek_chain, node.candidate->ek_chain);
  return out;
}

/// Whether an operator's word is a way out. It is none where the certificate speaks against the key.
bool may_be_approved(const crypto::ek_refusal& refusal) noexcept {
  return refusal.why != reason::constraint && refusal.why != reason::weak && refusal.why != reason::denied;
}

bool may_be_approved(const vouching& said, const ek_certificate_doubts& doubts) {
  return !said.denied && doubts.other.empty()
         && std::ranges::all_of(doubts.refusals, [](const auto& one) { return may_be_approved(one); });
}

unvouched explain(const ek_certificate_doubts& doubts, const vendor_trust& trust) {
  if (!doubts.other.empty())
    return {"this is not an EK certificate but " + std::string{doubts.other},
            "ask the TPM's vendor for the certificate of this EK"};
  unvouched out;
  for (const auto& one : doubts.refusals) {
    out.why += (out.why.empty() ? "" : "; also: ") + one.said.check;
    out.remedy += (out.remedy.empty() ? "" : "; and ") + remedy_for(one, trust);
    if (one.why == reason::manufacturer) break; // whether its roots are wanted depends on that answer
  }
  return out;
}

} // namespace

unvouched explain_unvouched(const vouching& said, bool any_certificate, const vendor_trust& trust) {
  if (said.denied)
    return {
        said.doubt,
        "if the list is wrong, correct admission.deny, or the CRL next to the vendor's roots, and reload"};
  if (said.refusal) return {said.refusal->said.check, remedy_for(*said.refusal, trust)};
  if (any_certificate)
    return {said.doubt.empty() ? "no certificate for its EK came, only certificates of CAs" : said.doubt,
            "ask the TPM's vendor for the certificate of this EK"};
  return {"its TPM showed no EK certificate that can be read",
          "look at agent.identity in the log of its raagent: it says what is in the TPM. Many virtual TPMs "
          "have no "
          "certificate"};
}

std::optional<unvouched> why_unvouched(const node_record& node, const vendor_trust& trust, wall_time now) {
  const auto whole = with_candidate(node);
  const auto said = vouch(whole, trust, now);
  if (!said) return unvouched{said.fault().check, "have the machine forgotten and enrolled again"};
  if (said->level == endorsement::vendor) return std::nullopt;
  const auto doubts = doubts_of(whole, trust, now);
  auto out = said->denied || doubts.refusals.empty()
                 ? explain_unvouched(*said, !whole.ek_chain.empty(), trust)
                 : explain(doubts, trust);
  if (may_be_approved(*said, doubts)) out.remedy += approval_of(node);
  return out;
}

} // namespace muster::service
