// Boot events that a set does not learn and so does not compare: what differs on every machine or every boot.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/policy/pattern.hpp"

#include <optional>
#include <span>

namespace muster::appraisal {

/// Names events by PCR and description. `description` is matched against the whole text, and only text that
/// the event's digest covers: an event whose words are a hint is never left out, however it calls itself. The
/// type is the log's word and proves nothing, so it only narrows what the description names.
struct event_rule {
  std::uint8_t pcr = 0;
  std::optional<std::uint32_t> type;
  pattern description;

  friend bool operator==(const event_rule&, const event_rule&) = default;
};

bool leaves_out(const event_rule& rule, const boot_event& event);
bool leaves_out(std::span<const event_rule> rules, const boot_event& event);

/// Whether a rule is about that PCR. Its value then says nothing: only its events can be compared.
bool names_pcr(std::span<const event_rule> rules, unsigned pcr) noexcept;

/// In the one order that equal rules have, without repeats.
std::vector<event_rule> sorted(std::vector<event_rule> rules);

} // namespace muster::appraisal
