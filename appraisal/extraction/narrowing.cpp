#include "appraisal/extraction/narrowing.hpp"

#include "appraisal/reference/reference_files.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

bool leaves_out(const std::vector<event_rule>& rules, std::uint8_t pcr, const reference_event& event) {
  boot_event as_measured;
  as_measured.pcr = pcr;
  as_measured.type = event.type;
  as_measured.text = event.text;
  return appraisal::leaves_out(rules, as_measured);
}

/// Events can be left out only of a PCR whose events are known, or into which nothing was measured.
status check_rule(const reference_content& set, const event_rule& rule) {
  const auto list = std::ranges::find(set.events, rule.pcr, &reference_pcr_events::pcr);
  const auto value = std::ranges::find(set.pcrs, rule.pcr, &pcr_claim::index);
  const bool has_events = list != set.events.end() && (!list->events.empty() || value == set.pcrs.end());
  const bool start_value = value != set.pcrs.end()
                           && std::ranges::all_of(value->value.view(), [](auto byte) { return byte == 0; });
  if (has_events || (start_value && !set.events.empty())) return {};
  return fault{errc::denied, "rules: events of PCR " + std::to_string(rule.pcr)
                                 + " are to be left out, and the set does not have its events"};
}

void narrow_boot(reference_content& out, const extraction_rules& rules) {
  const auto bank = out.events.empty() ? hash_algorithm::sha256 : out.events.front().algorithm;
  std::erase_if(out.pcrs, [&](const pcr_claim& p) {
    return !rules.learns_pcr(p.index) || names_pcr(rules.leave_out, p.index);
  });
  std::erase_if(out.events, [&](const reference_pcr_events& e) { return !rules.learns_pcr(e.pcr); });
  std::erase_if(out.left_out, [&](const event_rule& rule) { return !rules.learns_pcr(rule.pcr); });
  for (auto& list : out.events)
    std::erase_if(list.events,
                  [&](const reference_event& e) { return leaves_out(rules.leave_out, list.pcr, e); });
  for (const auto& rule : rules.leave_out)
    if (std::ranges::find(out.events, rule.pcr, &reference_pcr_events::pcr) == out.events.end())
      out.events.push_back({rule.pcr, bank, {}});
  std::ranges::sort(out.events, {}, &reference_pcr_events::pcr);
  out.left_out.insert(out.left_out.end(), rules.leave_out.begin(), rules.leave_out.end());
  out.left_out = sorted(std::move(out.left_out));
}

} // namespace

result<reference_content> narrowed(const reference_content& set, const extraction_rules& rules) {
  if (const auto defect = defect_of(rules); !defect.empty()) return fault{errc::denied, "rules: " + defect};
  for (const auto& rule : rules.leave_out)
    if (auto ok = check_rule(set, rule); !ok) return ok.fault();
  reference_content out;
  out.pcrs = set.pcrs;
  out.events = set.events;
  out.left_out = set.left_out;
  out.origin = set.origin;
  narrow_boot(out, rules);
  reference_files files;
  for (std::size_t i = 0; i < set.files.size(); ++i) {
    if (!rules.learns_logged(set.files[i].path)) continue;
    const auto own = i < set.package_of.size() ? set.package_of[i] : no_package;
    if (auto ok = files.add(set.files[i], own == no_package ? nullptr : &set.packages[own]); !ok)
      return ok.fault();
  }
  std::move(files).move_into(out);
  return out;
}

} // namespace muster::appraisal
