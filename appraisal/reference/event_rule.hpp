// Boot events that a set does not learn, and so does not compare, because they differ on every machine or at
// every boot.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/policy/pattern.hpp"

#include <optional>
#include <span>

namespace muster::appraisal {

/// Names events by PCR and description. `description` is matched against the whole text, and only against
/// text that the event's digest covers: an event whose text is a hint is never left out, whatever it calls
/// itself. The type is the log's word and proves nothing; it only narrows what the description names.
struct event_rule {
  std::uint8_t pcr = 0;
  std::optional<std::uint32_t> type;
  pattern description;

  friend bool operator==(const event_rule&, const event_rule&) = default;
};

bool leaves_out(const event_rule& rule, const boot_event& event);
bool leaves_out(std::span<const event_rule> rules, const boot_event& event);

/// Whether a rule is about that PCR. Then the value of the PCR says nothing, and only its events can be
/// compared.
bool names_pcr(std::span<const event_rule> rules, unsigned pcr) noexcept;

/// The rules in their canonical order, without repeats.
std::vector<event_rule> sorted(std::vector<event_rule> rules);

} // namespace muster::appraisal
