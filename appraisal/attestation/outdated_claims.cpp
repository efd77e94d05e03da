#include "appraisal/attestation/outdated_claims.hpp"

#include "appraisal/kernel/ima_policy_file.hpp"
#include "tpm/evidence/boot_aggregate.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::string_view behind_check = "evidence.behind";

bool is_behind(const finding& f) noexcept { return f.check == behind_check; }

bool has_policy_file(const tpm::verified_ima& ima) {
  bool found = false;
  ima.for_each([&](const tpm::ima_entry& entry) { found = found || entry.path == ima_policy_path; });
  return found;
}

} // namespace

std::optional<finding> outdated_claims(const tpm::verified_ima& increment, const boot_moves& moves) {
  const bool policy = has_policy_file(increment);
  const bool kexec = tpm::first_later_aggregate(increment).has_value();
  if (!policy && !kexec && moves.unexplained.empty()) return std::nullopt;
  finding f;
  f.kind = finding_kind::evidence;
  f.level = severity::warning;
  f.check = behind_check;
  f.subject = "boot";
  f.sentence = kexec ? "The kernel was replaced after the whole logs of this boot came, so what is on record "
                       "about the kernel may no longer hold."
               : policy ? "The IMA policy file was measured after the whole logs of this boot came, so what "
                          "is on record about the policy may no longer hold."
                        : "A PCR was extended after the whole logs of this boot came, so its recorded value "
                          "is no longer the TPM's.";
  f.remedy = "nothing: the service asks for whole logs by itself, at once or, if it has just done so, within "
             "five minutes; they end this finding";
  return f;
}

bool any_behind(std::span<const finding> open) noexcept { return std::ranges::any_of(open, is_behind); }

bool only_behind(std::span<const finding> fresh) noexcept {
  return any_behind(fresh) && std::ranges::all_of(fresh, [](const finding& f) {
           return is_behind(f) || f.level == severity::note;
         });
}

} // namespace muster::appraisal
