#include "appraisal/attestation/unproven.hpp"

#include "appraisal/attestation/boot_evidence.hpp"
#include "appraisal/files/appraise_files.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::string_view unproven_check = "evidence.unproven";

} // namespace

bool is_unproven(const finding& f) noexcept { return f.check == unproven_check; }

std::optional<finding> unproven_finding(const std::vector<finding>& found) {
  const auto failures = std::ranges::count(found, severity::failure, &finding::level);
  if (failures == 0) return std::nullopt;
  const auto& first = *std::ranges::find(found, severity::failure, &finding::level);
  finding out;
  out.kind = finding_kind::evidence;
  out.level = severity::failure; // `first` was weighed already
  out.check = unproven_check;
  out.subject = first.subject;
  out.expected = first.expected;
  out.found = first.found;
  out.sentence = "No complete attestation covers this yet, but the machine reported it: " + first.sentence;
  if (failures > 1) out.sentence += " (And " + std::to_string(failures - 1) + " more like this.)";
  out.remedy = first.remedy + ". The next complete attestation that verifies shows whether it is true";
  return out;
}

std::optional<finding> appraise_reported(std::span<const tpm::ima_run> told, std::uint64_t first,
                                         const reference_choice& reference, const policy& rules,
                                         const hash_seed& seed, const cpu_budget& budget) {
  if (told.empty()) return std::nullopt;
  file_claims claims;
  append_told(claims, told, first, rules.signatures, budget);
  return unproven_finding(appraise_files(claims, reference, rules, seed, budget).findings);
}

std::shared_ptr<const attestation_outcome> bad_news_of(std::shared_ptr<const attestation_outcome> late) {
  if (late == nullptr || late->end == attestation_end::failed) return late;
  auto bad = unproven_finding(late->findings);
  if (!bad && !late->ended) return nullptr;
  auto out = std::make_shared<attestation_outcome>();
  out->end = bad ? attestation_end::failed : attestation_end::again;
  out->ended = late->ended;
  if (bad) out->findings.push_back(*std::move(bad));
  return out;
}

} // namespace muster::appraisal
