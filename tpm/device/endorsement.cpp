#include "tpm/device/endorsement.hpp"

#include "crypto/certificate.hpp"
#include "tpm/device/connection.hpp"
#include "tpm/device/non_volatile.hpp"

#include <algorithm>

namespace muster::tpm {
namespace {

// Where makers and provisioning tools keep a persistent EK: RSA-2048 and P-256 as in the TCG's provisioning
// guidance, the high range as in swtpm_setup: the NV index of its certificate names the handle. The key itself says
// of which kind it is.
constexpr std::array<std::uint32_t, 6> persistent_handles{0x81010001, 0x81010002, 0x81010016,
                                                          0x81010014, 0x81010012, 0x8101001c};

constexpr std::uint32_t last_chain_index = 0x01c001ff;
constexpr std::size_t max_chain_size = 65536;
constexpr std::size_t max_chain_certificates = 8;

// Whether the certificate is for exactly this key.
bool vouches(const crypto::certificate& certificate, const loaded_key& key) {
  const auto area = parse_public_area(key.public_area());
  if (!area) return false;
  const auto made = key_of(*area);
  return made && same(made->spki(), certificate.key().spki());
}

// The key of a certificate: a persistent one, or the one that the TPM makes from the template.
result<loaded_key> find_key(chip& tpm, ek_template kind, const crypto::certificate& certificate) {
  for (const auto handle : persistent_handles) {
    auto kept = load_persistent(tpm, handle);
    if (!kept && kept.fault().code != errc::not_found) return kept.fault();
    if (kept && vouches(certificate, *kept)) return kept;
  }
  auto made = create_endorsement_key(tpm, kind);
  if (!made) return made.fault();
  if (!vouches(certificate, *made))
    return fault{errc::mismatch, "belongs to no persistent key and not to the one that the template gives"};
  return made;
}

std::string skipped(ek_template kind, const fault& why) {
  return "EK certificate in NV index " + nv_index_text(certificate_index(kind)) + " for template "
         + std::string{to_string(kind)} + " is skipped: " + why.check;
}

} // namespace

std::uint32_t certificate_index(ek_template kind) noexcept {
  switch (kind) {
  case ek_template::l1_rsa2048: return 0x01c00002;
  case ek_template::l2_p256: return 0x01c0000a;
  case ek_template::h3_p384: return 0x01c00016;
  case ek_template::h1_rsa2048: return 0x01c00012;
  case ek_template::h2_p256: return 0x01c00014;
  case ek_template::h6_rsa3072: return 0x01c0001c;
  }
  return 0;
}

result<ek_certificates> read_ek_certificates(chip& tpm) {
  const auto defined = nv_indices(tpm);
  if (!defined) return defined.fault();
  ek_certificates out;
  for (const auto kind : ek_preference) {
    if (std::ranges::find(*defined, certificate_index(kind)) == defined->end()) continue;
    const auto content = nv_read(tpm, certificate_index(kind));
    if (!content && content.fault().code == errc::io) return content.fault();
    if (!content && content.fault().code == errc::denied) out.unread = content.fault();
    const auto der = content ? certificate_in_nv(*content) : result<byte_view>{content.fault()};
    if (der)
      out.found.push_back({kind, to_bytes(*der)});
    else
      out.notes.push_back(skipped(kind, der.fault()));
  }
  return out;
}

result<nv_chain> read_ek_chain(chip& tpm) {
  const auto defined = nv_indices(tpm);
  if (!defined) return defined.fault();
  std::vector<nv_content> read;
  std::vector<std::string> notes;
  std::size_t size = 0;
  for (const auto index : *defined) {
    if (index < first_chain_index || index > last_chain_index) continue;
    auto content = nv_read(tpm, index);
    if (!content && content.fault().code == errc::io) return content.fault();
    if (content && size + content->size() > max_chain_size)
      content = fault{errc::limit, "the chain is too long"};
    if (!content) {
      notes.push_back("EK chain in NV index " + nv_index_text(index)
                      + " is skipped: " + content.fault().check);
      continue;
    }
    size += content->size();
    read.push_back({index, std::move(*content)});
  }
  auto out = chain_in_nv(read, max_chain_certificates);
  out.notes.insert(out.notes.begin(), notes.begin(), notes.end());
  return out;
}

result<loaded_key> create_endorsement_key(chip& tpm, ek_template kind) {
  return create_endorsement_primary(tpm, template_of(kind));
}

result<endorsement_key> load_endorsement_key(chip& tpm) {
  auto certificates = read_ek_certificates(tpm);
  if (!certificates) return certificates.fault();
  auto& notes = certificates->notes;
  for (auto& [kind, der] : certificates->found) {
    const auto certificate = crypto::certificate::from_der(der);
    auto key = certificate ? find_key(tpm, kind, *certificate) : result<loaded_key>{certificate.fault()};
    // A password, or a TPM that does not answer, must not turn this machine into another one.
    if (!key && (key.fault().code == errc::denied || key.fault().code == errc::io)) return key.fault();
    if (!key) {
      notes.push_back(skipped(kind, key.fault()));
      continue;
    }
    auto chain = read_ek_chain(tpm);
    if (!chain) chain = nv_chain{{}, {chain.fault().check}};
    notes.insert(notes.end(), chain->notes.begin(), chain->notes.end());
    return endorsement_key{std::move(*key), kind, std::move(der), std::move(chain->certificates), notes};
  }
  // The certificate may be for another key than the one that would be used without it.
  if (certificates->unread)
    return fault{errc::denied,
                 "no EK certificate can be used, and an NV index that may have one cannot be read: "
                     + certificates->unread->check};
  auto bare = create_endorsement_key(tpm, ek_template::l2_p256);
  if (!bare) return bare.fault();
  return endorsement_key{std::move(*bare), ek_template::l2_p256, std::nullopt, {}, std::move(notes)};
}

} // namespace muster::tpm
