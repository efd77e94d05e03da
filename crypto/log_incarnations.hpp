// The incarnations of a log, and what was lost if the log contradicts a head (docs/log.md). Pure.
#pragma once

#include "crypto/log_head.hpp"

#include <map>
#include <optional>

namespace muster::crypto {

/// Each start of the service begins an incarnation and records that in the log. So the log says which
/// incarnations it has, and at which leaf each begins. A head may be of an incarnation that the log does not
/// have, or cover more than its own incarnation has in the log: what it covers was lost when the next one
/// began.
class log_incarnations {
public:
  log_incarnations() = default; ///< of no log yet
  explicit log_incarnations(log_name log) noexcept : log_{log} {}

  /// Adds an incarnation. Its start is recorded in leaf `first` or a later one.
  void add(incarnation which, std::uint64_t first) { firsts_[which] = first; }

  const log_name& log() const noexcept { return log_; }
  /// 0: there is none yet.
  incarnation newest() const noexcept { return firsts_.empty() ? incarnation{} : firsts_.rbegin()->first; }

  /// The loss shown by a head that contradicts a log of `leaves` leaves. Empty if the head's incarnation is
  /// not below the newest one: a higher incarnation must begin before the loss can be determined.
  std::optional<log_loss> loss_of(const log_head& head, std::uint64_t leaves) const;

  friend bool operator==(const log_incarnations&, const log_incarnations&) = default;

private:
  log_name log_;
  std::map<incarnation, std::uint64_t> firsts_;
};

/// The text of a record of the log: "incarnation 1764421234 of log 9f86...".
std::string incarnation_text(const log_name& log, incarnation which);
/// Empty: not such a text.
std::optional<std::pair<log_name, incarnation>> incarnation_from(std::string_view text);

/// The text of an acknowledgement: "before 1764421234 at 41:ROOT SIGNATURE". Time and person are kept outside
/// the text.
std::string acknowledgement_text(const log_acknowledgement& what, byte_view signature);
/// Fills everything except `when` and `who`. Empty: not such a text.
std::optional<std::pair<log_acknowledgement, bytes>> acknowledgement_from(std::string_view text);

} // namespace muster::crypto
