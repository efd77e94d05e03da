#include "appraisal/boot/by_value.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr unsigned secure_boot_pcr = 7;

const bound_value* bound_of(const boot_content& boot, unsigned pcr, const policy& p) noexcept {
  for (const auto& quoted : boot.pcrs)
    if (quoted.index == pcr)
      if (const auto* one = find_bound(p.bound, pcr, quoted.algorithm, quoted.value.view())) return one;
  return nullptr;
}

bool has(std::uint32_t mask, unsigned pcr) noexcept { return pcr < 32 && (mask >> pcr & 1U) != 0; }

std::string named(unsigned pcr) {
  return "PCR " + std::to_string(pcr) + " (" + std::string{meaning_of_pcr(pcr)} + ")";
}

finding bound_finding(unsigned pcr, const boot_content& boot, const bound_value& by) {
  const std::string_view log = has(boot.by_value, pcr)
                                   ? ", its log is not explained: the events that the boot log lists for it "
                                     "lead to another value."
                                   : ", and what the boot log lists for it counts for nothing.";
  auto f = boot_finding(severity::note, "boot.by-value", "PCR " + std::to_string(pcr),
                        named(pcr) + " is compared by value" + std::string{log}
                            + " The policy binds this value for "
                            + printable(by.model, bound_value::max_model) + ".",
                        "nothing, as long as you vouch for this value; after an update of the firmware, bind "
                        "the new value in bound_values of the policy");
  f.expected = shown(by);
  f.found = digest_text(by.algorithm, by.value);
  return f;
}

finding unbound_finding(unsigned pcr, const boot_content& boot) {
  auto f = boot_finding(
      severity::failure, "boot.by-value", "PCR " + std::to_string(pcr),
      named(pcr)
          + " has a value that the events of the boot log do not lead to, and that the policy does not bind.",
      "find out who changed the machine's boot log (`muster eventlog`); if its firmware writes such a log "
      "and "
      "you vouch for the value, bind it in bound_values of the policy");
  f.expected = "a value of bound_values in the policy";
  for (const auto& quoted : boot.pcrs)
    if (quoted.index == pcr && (f.found.empty() || quoted.algorithm == hash_algorithm::sha256))
      f.found = digest_text(quoted.algorithm, quoted.value);
  return f;
}

} // namespace

boot_claims compared_by_value(const boot_claims& claims, const policy& p) {
  std::uint32_t bound = 0;
  for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
    if (bound_of(claims.get(), pcr, p) != nullptr) bound |= 1U << pcr;
  if (bound == 0) return claims;
  auto out = claims.get();
  out.by_value |= bound;
  std::erase_if(out.events, [bound](const boot_event& one) { return has(bound, one.pcr); });
  std::erase_if(out.oddities, [bound](const boot_oddity& one) { return has(bound, one.pcr); });
  if (has(bound, secure_boot_pcr)) {
    out.secure = secure_boot::unknown;
    out.variables.clear();
  }
  return claims_from_record(std::move(out)); // a part of what was verified
}

std::vector<finding> appraise_by_value(const boot_claims& claims, const policy& p) {
  std::vector<finding> out;
  for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
    if (const auto* by = bound_of(claims.get(), pcr, p))
      out.push_back(bound_finding(pcr, claims.get(), *by));
    else if (has(claims->by_value, pcr))
      out.push_back(unbound_finding(pcr, claims.get()));
  return out;
}

} // namespace muster::appraisal
