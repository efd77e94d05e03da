// The entries of an IMA log that a quote covers.
#pragma once

#include "tpm/evidence/ima_runs.hpp"
#include "tpm/evidence/log_state.hpp"
#include "tpm/evidence/quote.hpp"
#include "tpm/format/ima_log.hpp"

#include <functional>

namespace muster::tpm {

/// Only `ima_verifier` makes one; movable.
class verified_ima {
public:
  /// How far the log is verified now. The caller records it, and the next request starts there.
  const log_state& state() const noexcept { return state_; }
  /// The quoted PCR values, as of the last verified entry.
  const verified_pcrs& pcrs() const noexcept { return pcrs_; }

  /// Index in the log of the first of these entries.
  std::uint64_t first() const noexcept { return state_.entries - entries_.size(); }
  std::size_t size() const noexcept { return entries_.size(); }
  /// Bytes of all these entries.
  std::size_t bytes() const noexcept { return entries_.bytes(); }
  /// Entry `i`, counted from the first. It reads all entries before it, so use it only for the first few, and
  /// `ima_walk` for others. The views are valid as long as this object, or the object that it was moved to. A
  /// violation's fields prove nothing (docs/checks.md 19).
  ima_entry operator[](std::size_t i) const;
  /// All entries in order; the views are valid likewise.
  void for_each(const std::function<void(const ima_entry&)>& visit) const;
  /// The bytes of all entries in order, as received, in runs; the views are valid likewise.
  std::vector<byte_view> runs() const;
  /// What followed these entries: cut anywhere, unread, and not covered by the quote.
  const std::vector<ima_run>& unread_rest() const noexcept { return unread_; }

private:
  friend class ima_verifier;
  friend class ima_walk;
  verified_ima(log_state state, const verified_pcrs& pcrs, ima_runs entries, std::vector<ima_run> unread_rest)
      : state_{std::move(state)}, pcrs_{pcrs}, entries_{std::move(entries)}, unread_{std::move(unread_rest)} {
  }

  log_state state_;
  verified_pcrs pcrs_;
  ima_runs entries_;
  std::vector<ima_run> unread_;
};

/// Iterates over the entries of a log, which must outlive it and must not be moved.
class ima_walk {
public:
  explicit ima_walk(const verified_ima& log) noexcept : runs_{log.entries_.list()} {}
  /// Null after the last entry. The next call overwrites the entry that the pointer refers to.
  const ima_entry* next();

private:
  const std::vector<ima_run>& runs_;
  std::size_t run_ = 0;
  std::size_t offset_ = 0;
  ima_log_reader reader_;
  ima_entry entry_;
};

} // namespace muster::tpm
