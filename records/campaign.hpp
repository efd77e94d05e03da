// A group's way from one reference set to the next, as a value (docs/design.md 11).
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"
#include "records/store_tables.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::service {

enum class campaign_phase : std::uint8_t {
  observing = 0, ///< canaries are upgraded and observed; nothing new passes
  proposed = 1,  ///< a set was made and can be read; nothing new passes
  staged = 2,    ///< the set in force and the proposed one pass, until the stage ends
  enforced = 3,  ///< over: the proposed set is in force, the old one is retired
  expired = 4,   ///< over: the stage ended without enforcement; only the old set passes
  ended = 5      ///< over: given up; only the old set passes
};
constexpr campaign_phase last_of(campaign_phase) noexcept { return campaign_phase::ended; }

/// How far a campaign goes by itself. Approval and guard apply all the same.
enum class campaign_automation : std::uint8_t {
  none = 0,
  propose = 1, ///< proposes when enough canaries agree on something new
  stage = 2,   ///< and stages what is proposed, once approved if approval is required
  enforce = 3  ///< and enforces when every machine of the group would pass
};
constexpr campaign_automation last_of(campaign_automation) noexcept { return campaign_automation::enforce; }

struct campaign_step {
  campaign_phase phase = campaign_phase::observing; ///< to which it led
  wall_time when;
  std::string by;
  std::string text;

  friend bool operator==(const campaign_step&, const campaign_step&) = default;
};

struct campaign {
  static constexpr std::size_t max_canaries = 64;
  static constexpr std::size_t max_steps = 256;

  campaign_number number;
  std::string group;
  campaign_phase phase = campaign_phase::observing;
  std::vector<node_id> canaries; ///< distinct
  std::uint32_t quorum = 1;      ///< how many canaries must agree on what is learnt
  bytes rules;                   ///< canonical record ExtractionRules; empty: the default ones
  bytes32 before{};              ///< digest of the set in force when it began
  std::optional<bytes32> proposed;
  bool approval_required = false; ///< by an operator other than the proposer
  std::string proposed_by;
  std::string approved_by; ///< of this proposal; empty: not approved yet
  std::chrono::milliseconds stage_for{std::chrono::days{7}};
  wall_time stage_ends; ///< 0 unless staged
  campaign_automation automation = campaign_automation::none;
  std::uint8_t guard_percent = 10; ///< share of the group's good machines that enforcing may turn bad
  std::vector<campaign_step> steps;

  friend bool operator==(const campaign&, const campaign&) = default;
};

constexpr bool is_open(campaign_phase p) noexcept {
  return p == campaign_phase::observing || p == campaign_phase::proposed || p == campaign_phase::staged;
}

std::string_view to_string(campaign_phase p) noexcept;
std::string_view to_string(campaign_automation a) noexcept;
std::optional<campaign_automation> automation_from(std::string_view word) noexcept;

} // namespace muster::service
