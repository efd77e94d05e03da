#include "appraisal/boot/explained_pcrs.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/evidence/log_state.hpp"
#include "tpm/evidence/os_phases.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr unsigned last_firmware_pcr = 7;
constexpr unsigned last_boot_pcr = 9;
constexpr unsigned last_quoted_pcr = 14;
/// These PCRs change by themselves, so no reference has their value for long. Without a log they would turn
/// every deny list into a failure of an honest machine.
constexpr std::uint32_t settings_pcrs = 1U << 1U | 1U << 5U | 1U << 6U;

constexpr std::string_view remedy =
    "find out why the machine's boot log leaves this out (`muster eventlog`); if its firmware never logs it "
    "and you trust the machine, learn a reference from it, which then has the value";

bool has_events(const boot_claims& claims, unsigned pcr) noexcept {
  return std::ranges::any_of(claims->events, [pcr](const boot_event& e) { return e.pcr == pcr; });
}

const crypto::digest* value_of(const boot_claims& claims, unsigned pcr) noexcept {
  const auto* value = claims.pcr(hash_algorithm::sha256, pcr);
  return value != nullptr ? value : claims.pcr(claims->bank, pcr);
}

bool is_start(const boot_claims& claims, unsigned pcr, const crypto::digest& value) noexcept {
  const auto bank =
      claims.pcr(hash_algorithm::sha256, pcr) != nullptr ? hash_algorithm::sha256 : claims->bank;
  return tpm::is_start_value(bank, pcr, value.view());
}

bool has_phases(const boot_claims& claims, unsigned pcr) noexcept {
  return std::ranges::any_of(claims->after_log,
                             [pcr](const tpm::after_log& one) { return one.pcr == pcr && one.explained(); });
}

bool has_value(const reference_set* reference, unsigned pcr, const crypto::digest& value) noexcept {
  const auto* expected = reference == nullptr ? nullptr : reference->pcr(pcr);
  return expected != nullptr && *expected == value;
}

/// A set never has events of settings (PCR 1, 5, 6), whatever was logged. For these it vouches only if it was
/// learnt from a firmware that leaves other PCRs out of its log.
bool vouches(const reference_set* reference, unsigned pcr, const crypto::digest& value) noexcept {
  if (!has_value(reference, pcr, value) || reference->events(pcr) != nullptr) return false;
  if (std::ranges::find(informative_pcrs, pcr) == std::end(informative_pcrs)) return true;
  return std::ranges::any_of(equal_pcrs, [&](std::uint8_t one) {
    return reference->pcr(one) != nullptr && reference->events(one) == nullptr;
  });
}

/// Whether a comparison already reports that the value differs.
bool reported_as_different(unsigned pcr, const crypto::digest& value,
                           const reference_set* reference) noexcept {
  const auto is_it = [pcr](std::uint8_t one) { return one == pcr; };
  const bool compared = std::ranges::any_of(equal_pcrs, is_it) || std::ranges::any_of(ordered_pcrs, is_it);
  return compared && reference != nullptr
         && ((reference->pcr(pcr) != nullptr && !has_value(reference, pcr, value))
             || reference->only_by_events(pcr));
}

severity weight_of(unsigned pcr, const boot_claims& claims, const reference_set* reference, const policy& p) {
  const bool deniable = !p.denied.empty() && (claims->has_log || (settings_pcrs >> pcr & 1U) == 0)
                        && events_by_value(pcr, claims, reference) == nullptr;
  return deniable ? severity::failure : weight_of_unseen(pcr, p);
}

finding unlogged(severity level, unsigned pcr) {
  const auto name = "PCR " + std::to_string(pcr);
  return boot_finding(level, "boot.unlogged", name,
                      name + " (" + std::string{meaning_of_pcr(pcr)}
                          + ") was extended, and the boot log has no event for it: what was measured is not "
                            "known, and something that the policy forbids could hide there.",
                      remedy);
}

void add_unlogged(const boot_claims& claims, const reference_set* reference, const policy& p,
                  std::vector<finding>& out) {
  for (unsigned pcr = 0; pcr <= last_boot_pcr; ++pcr) {
    const auto* value = value_of(claims, pcr);
    if (value == nullptr || explanation_of(pcr, claims, reference) != explanation::nothing) continue;
    if (reported_as_different(pcr, *value, reference)) continue;
    out.push_back(unlogged(std::max(severity::warning, weight_of(pcr, claims, reference, p)), pcr));
  }
  // A PCR of the operating system is "boot.unexplained" by itself, which is a failure unless the reference
  // leaves the PCR out.
  for (unsigned pcr = last_boot_pcr + 1; pcr <= last_quoted_pcr; ++pcr)
    if (claims->unexplained(pcr) && (claims->ima_pcrs & p.ima_pcrs & 1U << pcr) == 0
        && explanation_of(pcr, claims, reference) == explanation::nothing
        && weight_of(pcr, claims, reference, p) == severity::failure)
      out.push_back(unlogged(severity::failure, pcr));
}

/// The value of PCR 10 belongs to IMA's list. If it was quoted in no bank, the verification of the list says
/// so.
bool ima_in_other_banks(const boot_claims& claims) noexcept {
  const auto& banks = claims->ima_banks;
  return !banks.empty() && std::ranges::none_of(banks, [](const auto& one) {
    return one.algorithm == hash_algorithm::sha256;
  });
}

/// A quote that was made by hand may cover anything; the service asks for all of these PCRs.
void add_unquoted(const boot_claims& claims, const reference_set* reference, const policy& p,
                  std::vector<finding>& out) {
  auto level = severity::note;
  std::string names;
  for (unsigned pcr = 0; pcr <= last_quoted_pcr; ++pcr) {
    if (pcr == tpm::ima_pcr ? !ima_in_other_banks(claims) : value_of(claims, pcr) != nullptr) continue;
    names += (names.empty() ? "" : ", ") + std::to_string(pcr);
    const bool compared =
        reference != nullptr && (reference->pcr(pcr) != nullptr || reference->events(pcr) != nullptr);
    level = std::max(level, compared || !p.denied.empty() ? severity::failure : severity::warning);
  }
  if (names.empty()) return;
  out.push_back(boot_finding(
      level, "boot.unquoted", "PCR " + names,
      "The quote does not cover PCR " + names
          + ": what was measured there is not known, and something that the policy forbids could hide there.",
      "quote PCR 0 to 14 of the SHA-256 bank"));
}

severity weight_of_no_log(const boot_claims& claims, const policy& p) noexcept {
  switch (claims->unused) {
  case unused_log::sha1_only: return p.of(judged_check::sha1_boot_log);
  case unused_log::other_banks: return p.of(judged_check::boot_log_banks);
  case unused_log::none: break;
  }
  return p.of(judged_check::no_boot_log);
}

void add_without_log(const boot_claims& claims, const reference_set* reference, const policy& p,
                     std::vector<finding>& out) {
  auto worst = severity::note;
  for (unsigned pcr = 0; pcr <= last_quoted_pcr; ++pcr)
    if (value_of(claims, pcr) != nullptr && explanation_of(pcr, claims, reference) == explanation::nothing)
      worst = std::max(worst, weight_of(pcr, claims, reference, p));
  // One cause, one finding: another finding says that there is no log.
  if (worst != severity::failure && worst <= weight_of_no_log(claims, p)) return;
  out.push_back(boot_finding(worst, "boot.unlogged", "boot log",
                             "No usable boot log shows what was measured, and the policy weighs what could "
                             "hide there: a denied digest, or an irregularity of the boot.",
                             remedy));
}

bool may_be_there(std::uint32_t type) {
  switch (static_cast<tpm::event_type>(type)) {
  case tpm::event_type::s_crtm_contents:
  case tpm::event_type::s_crtm_version:
  case tpm::event_type::efi_boot_services_application:
  case tpm::event_type::efi_boot_services_driver:
  case tpm::event_type::efi_runtime_services_driver:
  case tpm::event_type::efi_platform_firmware_blob:
  case tpm::event_type::efi_platform_firmware_blob2:
  case tpm::event_type::efi_hcrtm_event:
  case tpm::event_type::efi_variable_authority: return false;
  default: return true;
  }
}

void add_types(const boot_claims& claims, const reference_set* reference, std::vector<finding>& out) {
  for (const unsigned pcr : {1U, 5U, 6U}) {
    const auto* value = value_of(claims, pcr);
    if (value != nullptr && has_value(reference, pcr, *value)) continue;
    const auto odd = std::ranges::find_if(
        claims->events, [pcr](const boot_event& e) { return e.pcr == pcr && !may_be_there(e.type); });
    if (odd == claims->events.end()) continue;
    auto f = boot_finding(
        severity::warning, "boot.event-type", event_subject(pcr, &*odd, nullptr),
        "PCR " + std::to_string(pcr) + " (" + std::string{meaning_of_pcr(pcr)}
            + ") has an event whose type says that code was measured; code belongs into another PCR.",
        "look at the boot log (`muster eventlog`); update the firmware");
    f.found = tpm::to_string(static_cast<tpm::event_type>(odd->type));
    out.push_back(std::move(f));
  }
}

} // namespace

explanation explanation_of(unsigned pcr, const boot_claims& claims, const reference_set* reference) {
  const auto* value = value_of(claims, pcr);
  if (value == nullptr) return explanation::nothing;
  if ((claims->by_value >> pcr & 1U) != 0) return explanation::by_value;
  if (has_events(claims, pcr)) return explanation::events;
  if (is_start(claims, pcr, *value)) return explanation::start_value;
  if (has_phases(claims, pcr)) return explanation::events;
  if (vouches(reference, pcr, *value)) return explanation::reference;
  return explanation::nothing;
}

const reference_pcr_events* events_by_value(unsigned pcr, const boot_claims& claims,
                                            const reference_set* reference) {
  const auto* value = claims.pcr(hash_algorithm::sha256, pcr);
  if (value == nullptr || !has_value(reference, pcr, *value) || has_events(claims, pcr)) return nullptr;
  const auto* events = reference->events(pcr);
  return events != nullptr && events->algorithm == hash_algorithm::sha256 ? events : nullptr;
}

severity weight_of_unseen(unsigned pcr, const policy& p) noexcept {
  auto out = severity::note;
  const auto add = [&](judged_check check) { out = std::max(out, p.of(check)); };
  if (pcr <= last_firmware_pcr) add(judged_check::separator);
  if (pcr == 5) add(judged_check::boot_log_incomplete);
  if (pcr == 7)
    for (const auto check :
         {judged_check::secure_boot_late, judged_check::debug_mode, judged_check::audit_mode,
          judged_check::validation_off, judged_check::secure_boot_off})
      add(check);
  return out;
}

std::vector<finding> appraise_explanations(const boot_claims& claims, const reference_set* reference,
                                           const policy& p) {
  std::vector<finding> out;
  add_unquoted(claims, reference, p, out);
  if (!claims->has_log) {
    add_without_log(claims, reference, p, out);
    return out;
  }
  add_unlogged(claims, reference, p, out);
  add_types(claims, reference, out);
  return out;
}

} // namespace muster::appraisal
