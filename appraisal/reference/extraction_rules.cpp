#include "appraisal/reference/extraction_rules.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

template <std::size_t n> std::uint32_t mask_of_pcrs(const std::uint8_t (&list)[n]) noexcept {
  std::uint32_t out = 0;
  for (const auto index : list)
    out |= 1U << index;
  return out;
}

bool any_matches(const std::vector<pattern>& patterns, std::string_view path) {
  return std::ranges::any_of(patterns, [&](const pattern& one) { return one.matches(path); });
}

} // namespace

std::uint32_t learnable_pcrs() noexcept {
  return mask_of_pcrs(equal_pcrs) | mask_of_pcrs(ordered_pcrs) | mask_of_pcrs(informative_pcrs);
}

bool extraction_rules::learns_file(std::string_view path) const {
  return (include_files.empty() || any_matches(include_files, path)) && !any_matches(exclude_files, path);
}

bool extraction_rules::learns_logged(std::string_view path) const {
  const auto spelled = [&](const pattern& one) { return one.matches_spelled(path); };
  const auto in_doubt = [&](const pattern& one) { return one.matches_with_blanks(path); };
  return (include_files.empty() || std::ranges::any_of(include_files, spelled))
         && std::ranges::none_of(exclude_files, in_doubt);
}

std::string defect_of(const extraction_rules& rules) {
  if ((rules.pcrs & ~learnable_pcrs()) != 0) return "a PCR is named that no appraisal compares";
  for (const auto& one : rules.leave_out) {
    const auto name = "PCR " + std::to_string(one.pcr);
    if (!rules.learns_pcr(one.pcr)) return name + " is not learnt, so none of its events can be left out";
    if (std::ranges::find(informative_pcrs, one.pcr) != std::end(informative_pcrs))
      return name + " is compared by its value only; leave out the PCR";
  }
  const auto by_value = std::ranges::any_of(equal_pcrs, [&](std::uint8_t index) {
    return rules.learns_pcr(index) && !names_pcr(rules.leave_out, index);
  });
  if (!by_value) return "none of PCR 0, 2, 3, 4 and 7 is learnt by its value: such a set would pass anything";
  if (rules.leave_out.size() > extraction_rules::max_events) return "more event rules than a set may have";
  if (std::max(rules.include_files.size(), rules.exclude_files.size()) > extraction_rules::max_patterns)
    return "more patterns than a set of rules may have";
  return {};
}

} // namespace muster::appraisal
