#include "appraisal/extraction/extraction.hpp"

#include "appraisal/boot/start_event.hpp"
#include "tpm/evidence/boot_replay.hpp"

#include <algorithm>
#include <map>

namespace muster::appraisal {

namespace {

template <std::size_t n> bool is_one_of(const std::uint8_t (&list)[n], std::uint8_t index) noexcept {
  return std::ranges::find(list, index) != std::end(list);
}

fault refused(unsigned pcr, std::string_view why) {
  return {errc::denied, "reference: PCR " + std::to_string(pcr) + ": " + std::string{why}};
}

/// Whether this PCR of the boot is learnt. A PCR of IMA is not: only the entries of the list explain its
/// value.
bool learns(const teachable& from, const extraction_rules& rules, unsigned pcr) noexcept {
  return rules.learns_pcr(pcr) && !from.of_ima(pcr);
}

/// Checks that every PCR that must be equal has a value, and that every PCR compared by events has events.
status check_boot(const teachable& from, const extraction_rules& rules) {
  const auto& boot = from.boot();
  for (unsigned index = 0; index < 32; ++index) {
    if (!learns(from, rules, index)) continue;
    const auto* value = boot.pcr(hash_algorithm::sha256, index);
    const bool equal = is_one_of(equal_pcrs, static_cast<std::uint8_t>(index));
    const bool by_events = names_pcr(rules.leave_out, index);
    if (value == nullptr && (equal || by_events))
      return refused(index, "it was not quoted in the SHA-256 bank");
    const bool untouched =
        value != nullptr && tpm::is_start_value(hash_algorithm::sha256, index, value->view());
    if (equal && untouched) return refused(index, "nothing was measured into it");
    const auto has_event =
        std::ranges::any_of(boot->events, [index](const boot_event& e) { return e.pcr == index; });
    if (by_events && (!boot->has_log || (!has_event && !untouched)))
      return refused(index, "events of it are to be left out, and no boot log explains its value");
    if (by_events && index == 0 && !start_event(boot.get()))
      return refused(index, "events of it are to be left out, and nothing shows where it started");
  }
  return {};
}

std::vector<reference_pcr_events> learn_events(const teachable& from, const extraction_rules& rules) {
  const auto& boot = from.boot();
  std::map<std::uint8_t, reference_pcr_events> by_pcr;
  const auto list_of = [&](std::uint8_t index) -> reference_pcr_events& {
    auto& pcr = by_pcr[index];
    pcr.pcr = index;
    pcr.algorithm = boot->bank;
    return pcr;
  };
  for (const auto& rule : rules.leave_out)
    if (!from.of_ima(rule.pcr))
      list_of(rule.pcr); // even if no event is left: any other event is then one too many
  if (const auto start = start_event(boot.get()); start && names_pcr(rules.leave_out, 0) && !from.of_ima(0))
    list_of(0).events.push_back({start->digest, start->type, start->text});
  for (const auto& event : boot->events) {
    // Informative PCRs are compared by value only, so their events are not learnt.
    if (!is_one_of(equal_pcrs, event.pcr) && !is_one_of(ordered_pcrs, event.pcr)) continue;
    if (!learns(from, rules, event.pcr) || leaves_out(rules.leave_out, event)) continue;
    list_of(event.pcr).events.push_back({event.digest, event.type, event.text});
  }
  std::vector<reference_pcr_events> out;
  out.reserve(by_pcr.size());
  for (auto& [index, pcr] : by_pcr)
    out.push_back(std::move(pcr));
  return out;
}

} // namespace

result<reference_content> extract_boot(const teachable& from, const extraction_rules& rules) {
  const auto& boot = from.boot();
  if (const auto defect = defect_of(rules); !defect.empty()) return fault{errc::denied, "rules: " + defect};
  if (auto ok = check_boot(from, rules); !ok) return ok.fault();
  reference_content out;
  for (const auto& p : boot->pcrs)
    if (p.algorithm == hash_algorithm::sha256 && learns(from, rules, p.index)
        && !names_pcr(rules.leave_out, p.index))
      out.pcrs.push_back(p);
  std::ranges::sort(out.pcrs, {}, &pcr_claim::index);
  out.events = learn_events(from, rules);
  out.left_out = sorted(rules.leave_out);
  return out;
}

result<reference_content> extract(const teachable& from, const extraction_rules& rules, std::string origin) {
  auto out = extract_boot(from, rules);
  if (!out) return out;
  out->origin = std::move(origin);
  const auto& files = from.files();
  for (std::size_t i = 0; i < files.size(); ++i)
    if (const auto file = files[i]; rules.learns_logged(file.path) && !out->files.push(file))
      return fault{errc::limit, "reference: the file table is full"};
  out->files.make_distinct();
  return out;
}

} // namespace muster::appraisal
