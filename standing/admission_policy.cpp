#include "standing/admission_policy.hpp"

#include "messages/vocabulary/bytes.hpp"

namespace muster::service {

namespace {

std::optional<crypto::tpm_manufacturer_id> manufacturer_of(std::string_view text) {
  const auto raw = from_hex(text.substr(text.find(':') + 1));
  if (!raw || raw->size() != 4) return std::nullopt;
  return crypto::tpm_manufacturer_id{std::uint32_t{(*raw)[0]} << 24U | std::uint32_t{(*raw)[1]} << 16U
                                     | std::uint32_t{(*raw)[2]} << 8U | (*raw)[3]};
}

} // namespace

result<crypto::ek_policy> ek_policy_of(const settings::admission_settings& in) {
  crypto::ek_policy out;
  if (!in.manufacturers.empty()) out.manufacturers.clear();
  for (const auto& text : in.manufacturers) {
    const auto id = manufacturer_of(text);
    if (!id) return fault{errc::malformed, "admission.manufacturers: " + printable(text)};
    out.manufacturers.push_back(*id);
  }
  const auto take = [](const std::vector<std::string>& from, std::vector<bytes32>& to) {
    for (const auto& text : from)
      if (const auto digest = bytes32_from_hex(text)) to.push_back(*digest);
    return from.size() == to.size();
  };
  if (!take(in.deny.eks, out.denied.eks) || !take(in.deny.certificates, out.denied.certificates)
      || !take(in.deny.issuers, out.denied.issuers))
    return fault{errc::malformed, "admission.deny: not a SHA-256"};
  for (const auto& one : in.deny.firmware) {
    const auto id = manufacturer_of(one.manufacturer);
    const auto below = crypto::firmware_version_from(one.below);
    if (!id || !below) return fault{errc::malformed, "admission.deny.firmware: " + printable(one.below)};
    out.denied.firmware.push_back({*id, *below});
  }
  return out;
}

} // namespace muster::service
