#include "appraisal/boot/appraise_boot.hpp"

#include "appraisal/boot/appraise_after_log.hpp"
#include "appraisal/boot/believed_claims.hpp"
#include "appraisal/boot/boot_difference.hpp"
#include "appraisal/boot/boot_facts.hpp"
#include "appraisal/boot/boot_structure.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "appraisal/boot/by_value.hpp"
#include "appraisal/boot/explained_pcrs.hpp"
#include "appraisal/boot/ordered_pcrs.hpp"
#include "appraisal/boot/required_claims.hpp"
#include "appraisal/kernel/command_line_events.hpp"
#include "appraisal/verdict/carry_over.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <tuple>

namespace muster::appraisal {

namespace {

/// Names the first event that differs, if both sides have a log.
void describe_first_event(finding& f, unsigned pcr, const boot_claims& claims,
                          const reference_set& reference) {
  const auto* expected = comparable_events(claims, reference, pcr);
  if (expected == nullptr || (claims->by_value >> pcr & 1U) != 0) return;
  const auto differences = compare_events(*expected, events_of(claims.get(), pcr, reference));
  if (differences.listed.empty()) return;
  const auto& first = differences.listed.front();
  f.subject = event_subject(pcr, first.found, first.expected);
  describe_difference(f, first, claims->bank);
}

void add_pcr_finding(unsigned pcr, severity level, std::string check, const boot_claims& claims,
                     const reference_set& reference, std::vector<finding>& out) {
  const auto* expected = reference.pcr(pcr);
  const auto* found = claims.pcr(hash_algorithm::sha256, pcr);
  if (expected == nullptr || (found != nullptr && *found == *expected)) return;
  const auto name = "PCR " + std::to_string(pcr);
  const bool is_configuration = std::ranges::find(informative_pcrs, pcr) != std::end(informative_pcrs);
  auto f = boot_finding(level, std::move(check), name,
                        name + " (" + std::string{meaning_of_pcr(pcr)} + ") differs from the reference.",
                        is_configuration ? accept_alone_or_repair : accept_or_repair);
  f.expected = digest_text(hash_algorithm::sha256, *expected);
  f.found = found == nullptr ? "not quoted" : digest_text(hash_algorithm::sha256, *found);
  if (found != nullptr) describe_first_event(f, pcr, claims, reference);
  out.push_back(std::move(f));
}

std::vector<finding> compare_boot(const boot_claims& claims, const reference_set& reference,
                                  const policy& p) {
  auto out = appraise_after_log(claims, &reference, p.ima_pcrs);
  std::ranges::move(appraise_explanations(claims, &reference, p), std::back_inserter(out));
  std::ranges::move(appraise_ordered_pcrs(claims, reference), std::back_inserter(out));
  for (const unsigned pcr : equal_pcrs)
    add_pcr_finding(pcr, severity::failure, "boot.pcr-" + std::to_string(pcr), claims, reference, out);
  for (const unsigned pcr : informative_pcrs)
    add_pcr_finding(pcr, p.of(judged_check::boot_configuration), "boot.configuration", claims, reference,
                    out);
  return out;
}

/// As many denied events of a log are listed as findings are kept of a machine, whatever they are.
constexpr std::size_t max_denied = kept_findings::max_kept;

finding denied_finding(std::string subject, const denied_digest& why) {
  auto sentence = subject + " is on the deny list: " + reason_of(why) + ".";
  auto f = boot_finding(severity::failure, "boot.denied", std::move(subject), std::move(sentence),
                        "boot the machine without what is denied; if it is denied by mistake, take the "
                        "digest out of deny in the policy");
  f.found = digest_text(why.algorithm, why.value);
  f.expected = "nothing on the deny list";
  return f;
}

/// Looks at the events of the log. For a PCR without any, looks at the events of the reference if the value
/// is the reference's.
void add_denied(const boot_claims& claims, const reference_set* reference, const deny_list& denied,
                std::vector<finding>& out) {
  if (denied.empty()) return;
  std::size_t told = 0;
  for (const auto& event : claims->events)
    if (const auto* why = told < max_denied ? denied.find(claims->bank, event.digest.view()) : nullptr) {
      out.push_back(denied_finding(event_subject(event.pcr, &event, nullptr), *why));
      ++told;
    }
  for (const auto& value : claims->pcrs) {
    const auto* events =
        value.algorithm == hash_algorithm::sha256 ? events_by_value(value.index, claims, reference) : nullptr;
    if (events == nullptr) continue;
    for (const auto& event : events->events)
      if (const auto* why = denied.find(events->algorithm, event.digest.view()))
        out.push_back(denied_finding(event_subject(value.index, nullptr, &event), *why));
  }
}

/// How far a boot is from a set: its worst finding, how many are as bad, and how many there are.
auto distance(const std::vector<finding>& findings) {
  auto worst = severity::note;
  for (const auto& f : findings)
    worst = std::max(worst, f.level);
  const auto as_bad = std::ranges::count(findings, worst, &finding::level);
  return std::tuple{worst, as_bad, findings.size()};
}

struct comparison_with_set {
  const reference_set* set = nullptr; ///< null: there is none
  std::vector<finding> findings;
};

/// Compares the boot with the nearest set, which the findings name if there are two. A boot must match one
/// set as a whole: what one set lacks is never taken from the other.
comparison_with_set nearest(const boot_claims& claims, const reference_choice& reference, const policy& p) {
  if (!reference.present()) {
    auto out = appraise_after_log(claims, nullptr, p.ima_pcrs);
    std::ranges::move(appraise_explanations(claims, nullptr, p), std::back_inserter(out));
    return {nullptr, std::move(out)};
  }
  comparison_with_set current{reference.current, compare_boot(claims, *reference.current, p)};
  if (!reference.staged()) return current;
  comparison_with_set next{reference.next, compare_boot(claims, *reference.next, p)};
  const bool staged = distance(next.findings) < distance(current.findings);
  auto& out = staged ? next : current;
  for (auto& f : out.findings)
    f.sentence += staged ? " Nearest is the staged set." : " Nearest is the set in force.";
  return std::move(out);
}

/// Whether the command line is hidden and compared nevertheless: a unified kernel image contains it, and
/// nothing replaced it. Without a set, it is what a set would learn.
bool compares_hidden_line(const boot_claims& claims, const reference_set* set) {
  const auto& boot = claims.get();
  if (may_have_command_line(boot) || !proves_unified_kernel(facts_of(boot))) return false;
  if (set == nullptr) return true;
  return std::ranges::all_of(std::array{11U, 12U}, [&](unsigned pcr) {
    const auto* expected = set->pcr(pcr);
    const auto* found = claims.pcr(hash_algorithm::sha256, pcr);
    return expected != nullptr && found != nullptr && *found == *expected;
  });
}

/// Makes more of "ima.policy-unknown" for a boot that proves no policy. IMA's list is then whatever root on
/// the machine says: one known entry is quickly extended, and such a list must not look better than an empty
/// one. A firmware that starts the kernel itself, with a line that no log shows, proves no more than a line
/// that names no policy.
void doubt_the_list(const policy& p, std::vector<finding>& structure) {
  const auto told = name_of(judged_check::nothing_measured);
  // A missing or unusable log is a finding already, and as bad, unless the policy weighs it less.
  constexpr std::array no_log{judged_check::no_boot_log, judged_check::sha1_boot_log,
                              judged_check::boot_log_banks};
  const auto says_as_much = [&](const finding& f) {
    return f.check == told
           || (f.level >= p.of(judged_check::nothing_measured)
               && std::ranges::any_of(no_log, [&](judged_check one) { return f.check == name_of(one); }));
  };
  if (std::ranges::any_of(structure, says_as_much)) return;
  for (auto& f : structure) {
    if (f.check != name_of(judged_check::ima_policy_unknown)) continue;
    f.check = told;
    f.level = p.of(judged_check::nothing_measured);
  }
}

} // namespace

std::string_view meaning_of_pcr(unsigned index) noexcept {
  switch (index) {
  case 0: return "firmware";
  case 1: return "firmware configuration";
  case 2: return "option ROMs and drivers";
  case 3: return "configuration of option ROMs";
  case 4: return "boot loader and kernel";
  case 5: return "partition table and boot attempts";
  case 6: return "vendor specific";
  case 7: return "Secure Boot keys and state";
  case 8: return "commands of the boot loader and kernel command line";
  case 9: return "files that the boot loader read, such as the initial RAM disk";
  case 10: return "files that IMA measured";
  case 11: return "unified kernel image";
  case 12: return "kernel command line and overrides of systemd-boot";
  case 13: return "system extensions of systemd-boot";
  case 14: return "the machine owner's keys in shim";
  default: return "not used at boot";
  }
}

std::vector<finding> appraise_boot(const boot_claims& claims, const reference_choice& reference,
                                   const policy& p) {
  const auto compared = compared_by_value(claims, p);
  auto [set, out] = nearest(compared, reference, p);
  // Bad news counts, also of a PCR that is compared by value.
  add_denied(claims, set, p.denied, out);
  const auto believed = believed_claims(compared, set);
  std::ranges::move(appraise_by_value(claims, p), std::back_inserter(out));
  auto structure = appraise_boot_structure(believed, p);
  if (!compares_hidden_line(claims, set)) doubt_the_list(p, structure);
  auto missing = appraise_required_claims(believed, p, reference, &claims);
  drop_what_is_required(structure, missing);
  std::ranges::move(structure, std::back_inserter(out));
  std::ranges::move(missing, std::back_inserter(out));
  std::ranges::stable_sort(out, std::greater<>{}, &finding::level);
  return out;
}

} // namespace muster::appraisal
