// The incarnations of a log, and what was lost if it contradicts a head (docs/log.md). Pure.
#pragma once

#include "crypto/log_head.hpp"

#include <map>
#include <optional>

namespace muster::crypto {

/// Each start of the service begins an incarnation, and enters that into the log. So a log says which of them
/// it has, and from which leaf on: what was signed by another one, or by one of them beyond its end, was lost
/// when the next began.
class log_incarnations {
public:
  log_incarnations() = default; ///< of no log: there is none yet
  explicit log_incarnations(log_name log) noexcept : log_{log} {}

  /// Leaf `first` says that it began, or one that comes later.
  void add(incarnation which, std::uint64_t first) { firsts_[which] = first; }

  const log_name& log() const noexcept { return log_; }
  /// 0: there is none yet.
  incarnation newest() const noexcept { return firsts_.empty() ? incarnation{} : firsts_.rbegin()->first; }

  /// What a head shows that the log of `leaves` contradicts. Empty: it is of an incarnation that is not below
  /// the newest, so that one has to begin above it before it can be said what is lost.
  std::optional<log_loss> loss_of(const log_head& head, std::uint64_t leaves) const;

  friend bool operator==(const log_incarnations&, const log_incarnations&) = default;

private:
  log_name log_;
  std::map<incarnation, std::uint64_t> firsts_;
};

/// As a record of the log says it: "incarnation 1764421234 of log 9f86...".
std::string incarnation_text(const log_name& log, incarnation which);
/// Empty: it is no such text.
std::optional<std::pair<log_name, incarnation>> incarnation_from(std::string_view text);

/// The same of an acknowledgement: "before 1764421234 at 41:ROOT SIGNATURE"; when and who stand beside the
/// text.
std::string acknowledgement_text(const log_acknowledgement& what, byte_view signature);
/// Fills all but when and who. Empty: it is no such text.
std::optional<std::pair<log_acknowledgement, bytes>> acknowledgement_from(std::string_view text);

} // namespace muster::crypto
