#include "crypto/ek_doubts.hpp"

#include <algorithm>

namespace muster::crypto {

namespace {

constexpr std::string_view server_authentication = "1.3.6.1.5.5.7.3.1";
constexpr std::string_view client_authentication = "1.3.6.1.5.5.7.3.2";

bool names_a_chip(const certificate& one) noexcept {
  return std::ranges::any_of(one.fields().directory_names, [](const directory_attribute& name) {
    return name.oid == oid::tpm_manufacturer || name.oid == oid::tpm_model || name.oid == oid::tpm_version;
  });
}

} // namespace

std::string_view other_purpose(const certificate& one) noexcept {
  if (one.fields().is_ca) return "the certificate of a CA";
  if (one.allows(oid::tcg_ek_certificate)) return {};
  if (one.allows(oid::tcg_ak_certificate)) return "the certificate of an attestation key (AK)";
  if (one.allows(server_authentication)) return "the certificate of a TLS server";
  if (one.allows(client_authentication)) return "the certificate of a TLS client";
  if (one.allows(oid::code_signing)) return "a certificate for signing code";
  return names_a_chip(one) ? "" : "a certificate that names no TPM";
}

std::vector<ek_refusal> ek_doubts(const certificate& leaf, std::span<const certificate> sent_along,
                                  const vendor_store& store, ek_policy policy, wall_time at) {
  std::vector<ek_refusal> out;
  const auto came_before = [&out](const ek_refusal& next) {
    return std::ranges::any_of(out, [&](const ek_refusal& one) { return one.why == next.why; });
  };
  for (;;) {
    auto judged = judge_ek_certificate(leaf, sent_along, store, policy, at);
    auto* const refused = std::get_if<ek_refusal>(&judged);
    if (refused == nullptr || came_before(*refused)) return out;
    out.push_back(std::move(*refused));
    const auto& last = out.back();
    if (last.why == ek_refusal_reason::time)
      at = leaf.fields().not_before;
    else if (last.why == ek_refusal_reason::manufacturer && last.manufacturer)
      policy.manufacturers.push_back(*last.manufacturer);
    else
      return out;
  }
}

} // namespace muster::crypto
