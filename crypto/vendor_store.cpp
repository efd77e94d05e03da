#include "crypto/vendor_store.hpp"

#include "crypto/digest.hpp"
#include "crypto/key_strength.hpp"
#include "crypto/openssl.hpp"

#include <map>

namespace muster::crypto {

namespace {

/// SHA-256 of the SubjectPublicKeyInfo of test CAs whose private keys anyone can download.
constexpr std::array<std::string_view, 2> test_ca_keys{
    // IBM's software TPM: CN=EK CA (RSA)
    "b280b9e54fe3ee5e58dcd5e1321b1e91152181664de6f61b2f3ad3dc4a0628df",
    // IBM's software TPM: CN=EK EC CA (P-256)
    "b1c942edd1daddc8fc5a4dc86a11c7a740909a615563cea37e8e8e24a85676a8",
};

status check_vendor_ca(const certificate& ca) {
  if (is_known_test_ca(ca)) return fault{errc::denied, "vendor-store: test CA of a software TPM"};
  if (!ca.fields().is_ca) return fault{errc::denied, "vendor-store: not a CA certificate"};
  return verify_key_strength(ca.key());
}

bool issued(const certificate& parent, const certificate& child) {
  const bool held = X509_check_issued(parent.native(), child.native()) == X509_V_OK
                    && X509_verify(child.native(), X509_get0_pubkey(parent.native())) == 1;
  ERR_clear_error();
  return held;
}

/// Walks from the roots down. One signature is verified for each pair whose names fit.
std::vector<certificate> without_root(std::span<const certificate> roots,
                                      std::span<const certificate> intermediates) {
  std::multimap<std::string, const certificate*> waiting; // by the name of the issuer
  for (const auto& one : intermediates)
    waiting.emplace(one.fields().issuer, &one);
  std::vector<const certificate*> reached;
  for (const auto& one : roots)
    reached.push_back(&one);
  while (!reached.empty()) {
    const auto* parent = reached.back();
    reached.pop_back();
    auto [at, end] = waiting.equal_range(parent->fields().subject);
    while (at != end) {
      const auto child = at++;
      if (!issued(*parent, *child->second)) continue;
      reached.push_back(child->second);
      waiting.erase(child);
    }
  }
  std::vector<certificate> out;
  for (const auto& [issuer, one] : waiting)
    out.push_back(*one);
  return out;
}

} // namespace

bool is_known_test_ca(const certificate& ca) {
  return std::ranges::find(test_ca_keys, to_hex(sha256(ca.fields().spki))) != test_ca_keys.end();
}

vendor_store vendor_store::make(std::span<const named_bytes> files) {
  vendor_store out;
  // Sorted by digest, so the same folder always gives the same store.
  std::map<bytes32, certificate> accepted;
  for (const auto& file : files) {
    const auto refuse = [&](const fault& why) { out.refused_.push_back({printable(file.name, 256), why}); };
    if (accepted.size() >= max_vendor_certificates) {
      refuse({errc::limit, "vendor-store: more than 4096 certificates"});
      break;
    }
    if (auto list = revocation_list::from_file(file.content)) {
      out.revocations_.push_back(*std::move(list));
      continue;
    }
    const auto found = certificate::from_file(file.content);
    if (!found) {
      refuse(found.fault());
      continue;
    }
    for (const auto& ca : *found) {
      const auto fit = check_vendor_ca(ca);
      if (fit)
        accepted.emplace(sha256(ca.der()), ca);
      else
        refuse(fit.fault());
    }
  }
  for (const auto& [digest, ca] : accepted)
    (ca.is_self_signed() ? out.roots_ : out.intermediates_).push_back(ca);
  out.rootless_ = without_root(out.roots_, out.intermediates_);
  return out;
}

} // namespace muster::crypto
