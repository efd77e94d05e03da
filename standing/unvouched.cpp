#include "standing/unvouched.hpp"

namespace muster::service {

namespace {

using reason = crypto::ek_refusal_reason;

constexpr const char* approve_it = "An operator can approve the machine all the same (muster node approve)";

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
                    "it as well)")
         + ". " + approve_it;
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
  case reason::time:
    return std::string{"check the clock of the service. A certificate that has ended is not renewed. "}
           + approve_it;
  case reason::issuer_time:
    return reload("check for a newer certificate of this CA, put it into a folder of admission.vendor_roots")
           + "; if its vendor has none, the certificate was not made by this CA as it should be. "
           + approve_it;
  case reason::constraint:
    return std::string{"no setting mends it: the CA's own certificate forbids it, and perhaps somebody else "
                       "made this "
                       "one. Ask the TPM's vendor. "}
           + approve_it;
  case reason::names:
  case reason::usage:
    return std::string{
               "no setting mends it: it does not have the form of a TPM 2.0's EK certificate (of TPM 1.2, "
               "perhaps). Ask the TPM's vendor. "}
           + approve_it;
  case reason::weak:
    return std::string{
               "no setting mends it: keys and hashes like that can be forged. Ask the TPM's vendor for newer "
               "firmware or another certificate. "}
           + approve_it;
  case reason::denied:
    return "if the list is wrong, correct admission.deny, or the CRL next to the vendor's roots, and reload";
  case reason::path: break;
  }
  return std::string{"ask the TPM's vendor for the CA certificates that belong to it. "} + approve_it;
}

node_record with_candidate(const node_record& node) {
  auto out = node;
  if (!node.candidate) return out;
  if (out.ek_public.empty()) out.ek_public = node.candidate->ek_public;
  out.ek_chain = kept_chain(out.ek_chain, node.candidate->ek_chain);
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
            std::string{"ask the TPM's vendor for the certificate of this EK. "} + approve_it};
  return {
      "its TPM showed no EK certificate that can be read",
      std::string{
          "look at agent.identity in the log of its raagent: it says what is in the TPM. Many virtual TPMs "
          "have no certificate. "}
          + approve_it};
}

std::optional<unvouched> why_unvouched(const node_record& node, const vendor_trust& trust, wall_time now) {
  const auto whole = with_candidate(node);
  const auto said = vouch(whole, trust, now);
  if (!said) return unvouched{said.fault().check, "have the machine forgotten and enrolled again"};
  if (said->level == endorsement::vendor) return std::nullopt;
  return explain_unvouched(*said, !whole.ek_chain.empty(), trust);
}

} // namespace muster::service
