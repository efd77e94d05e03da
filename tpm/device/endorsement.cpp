#include "tpm/device/endorsement.hpp"

#include "crypto/certificate.hpp"
#include "tpm/device/connection.hpp"
#include "tpm/device/der_prefix.hpp"
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
  return "EK certificate in NV index 0x0" + to_hex(writer{}.u32_be(certificate_index(kind)).view()).substr(1)
         + " for template " + std::string{to_string(kind)} + " is skipped: " + why.check;
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

result<std::vector<ek_certificate>> read_ek_certificates(chip& tpm) {
  std::vector<ek_certificate> found;
  for (const auto kind : ek_preference) {
    const auto content = nv_read(tpm, certificate_index(kind));
    if (!content && content.fault().code == errc::not_found) continue;
    if (!content) return content.fault();
    const auto der = der_prefix(*content);
    if (!der) return fault{errc::malformed, "EK certificate: " + der.fault().check};
    found.push_back({kind, to_bytes(*der)});
  }
  return found;
}

result<std::vector<bytes>> read_ek_chain(chip& tpm) {
  const auto indices = nv_indices(tpm);
  if (!indices) return indices.fault();
  // A certificate may span several indices: together they are one byte string, in ascending order.
  bytes all;
  for (const auto index : *indices) {
    if (index < first_chain_index || index > last_chain_index) continue;
    const auto part = nv_read(tpm, index);
    if (!part && part.fault().code == errc::not_found) continue;
    if (!part) return part.fault();
    if (all.size() + part->size() > max_chain_size) return fault{errc::limit, "EK chain in NV: too long"};
    append(all, *part);
  }
  return split_der(all, max_chain_certificates);
}

result<loaded_key> create_endorsement_key(chip& tpm, ek_template kind) {
  return create_endorsement_primary(tpm, template_of(kind));
}

result<endorsement_key> load_endorsement_key(chip& tpm) {
  auto certificates = read_ek_certificates(tpm);
  if (!certificates) return certificates.fault();
  std::vector<std::string> notes;
  for (auto& [kind, der] : *certificates) {
    const auto certificate = crypto::certificate::from_der(der);
    auto key = certificate ? find_key(tpm, kind, *certificate) : result<loaded_key>{certificate.fault()};
    // A password, or a TPM that does not answer, must not turn this machine into another one.
    if (!key && (key.fault().code == errc::denied || key.fault().code == errc::io)) return key.fault();
    if (!key) {
      notes.push_back(skipped(kind, key.fault()));
      continue;
    }
    auto chain = read_ek_chain(tpm);
    if (!chain) {
      notes.push_back(chain.fault().check);
      chain = std::vector<bytes>{};
    }
    return endorsement_key{std::move(*key), kind, std::move(der), std::move(*chain), std::move(notes)};
  }
  auto bare = create_endorsement_key(tpm, ek_template::l2_p256);
  if (!bare) return bare.fault();
  return endorsement_key{std::move(*bare), ek_template::l2_p256, std::nullopt, {}, std::move(notes)};
}

} // namespace muster::tpm
