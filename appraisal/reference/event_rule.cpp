#include "appraisal/reference/event_rule.hpp"

#include <algorithm>
#include <tuple>

namespace muster::appraisal {

namespace {

/// Whether this is a text: `printable` writes any other byte as "\x" and two digits; only line ends and tabs
/// belong in a text. The type is the log's word, so a boot loader image could pose as a text that its digest
/// covers.
bool reads_as_text(std::string_view shown) {
  for (auto at = shown.find("\\x"); at != std::string_view::npos; at = shown.find("\\x", at + 2)) {
    const auto digits = shown.substr(at + 2, 2);
    if (digits != "0a" && digits != "0d" && digits != "09") return false;
  }
  return true;
}

} // namespace

bool leaves_out(const event_rule& rule, const boot_event& event) {
  return event.pcr == rule.pcr && !event.text.empty() && (!rule.type || *rule.type == event.type)
         && reads_as_text(event.text) && rule.description.matches(event.text);
}

bool leaves_out(std::span<const event_rule> rules, const boot_event& event) {
  return std::ranges::any_of(rules, [&](const event_rule& rule) { return leaves_out(rule, event); });
}

bool names_pcr(std::span<const event_rule> rules, unsigned pcr) noexcept {
  return std::ranges::any_of(rules, [pcr](const event_rule& rule) { return rule.pcr == pcr; });
}

std::vector<event_rule> sorted(std::vector<event_rule> rules) {
  std::ranges::sort(rules, [](const event_rule& a, const event_rule& b) {
    return std::tie(a.pcr, a.type, a.description.text()) < std::tie(b.pcr, b.type, b.description.text());
  });
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

} // namespace muster::appraisal
