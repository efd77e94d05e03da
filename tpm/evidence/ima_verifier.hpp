// An IMA log, streamed in parts and authenticated by replay to a quote.
#pragma once

#include "tpm/evidence/ima_arena.hpp"
#include "tpm/evidence/ima_search.hpp"

#include <functional>
#include <optional>

namespace muster::tpm {

/// Bounds for one verification (PROTOCOL 9).
struct ima_caps {
  std::uint64_t entries = 1'000'000;
  std::uint64_t bytes = 256ULL << 20U;
};

/// The entries of a log that a quote covers. Only `ima_verifier` makes one; movable.
class verified_ima {
public:
  /// How far the log is verified now: what the caller records, and where the next request starts.
  const log_state& state() const noexcept { return state_; }
  /// The quoted PCR values, at the last verified entry.
  const verified_pcrs& pcrs() const noexcept { return pcrs_; }

  /// Index in the log of the first of these entries.
  std::uint64_t first() const noexcept { return state_.entries - entries_.size(); }
  std::size_t size() const noexcept { return entries_.size(); }
  /// These entries take no more bytes than this.
  std::size_t bytes() const noexcept { return entries_.bytes(); }
  /// Views, valid as long as this object or what it was moved to. A violation's fields prove nothing (CHECKS
  /// 19).
  ima_entry operator[](std::size_t i) const;
  /// All entries in order; cheaper than one by one.
  void for_each(const std::function<void(const ima_entry&)>& visit) const;
  /// The bytes of all entries in order, as they came, in runs; views, valid as long as the entries.
  std::vector<byte_view> runs() const;

private:
  friend class ima_verifier;
  verified_ima(log_state state, const verified_pcrs& pcrs, ima_arena entries)
      : state_{std::move(state)}, pcrs_{pcrs}, entries_{std::move(entries)} {}

  log_state state_;
  verified_pcrs pcrs_;
  ima_arena entries_;
};

/// Verifies one IMA log against one quote: begin, feed each part, finish. A pure value; movable.
///   conflict     the recorded state does not serve this quote: ask from entry 0
///   malformed    the log, or a value that should have come along
///   unsupported  a template, hash or byte order that we do not do
///   limit        more entries or bytes than `caps`
///   denied       an entry extends a PCR that was not quoted
///   mismatch     the quote was never met: a log that is shorter than the PCR, changed, reordered, of another
///                boot, or a start that is not the machine's
/// What lies behind the covered prefix is dropped unseen: it may be anything.
class ima_verifier {
public:
  /// `start`: `first_log_state` for a whole log, else the state that was recorded for this boot. `claimed`:
  /// the PCR values that came along: hints. `quote`: of this attestation; the caller has compared its
  /// counters.
  static result<ima_verifier> begin(log_state start, const pcr_values& claimed, const verified_quote& quote,
                                    ima_caps caps = {});

  /// The next bytes of the log, cut anywhere, below 4 GiB. `owner` keeps them alive and unchanged: they are
  /// kept with the entries in them. After a fault, only the same fault comes.
  status feed(byte_view part, const std::shared_ptr<const void>& owner);
  /// The same with a copy, for bytes that belong to somebody else.
  status feed(byte_view part);
  /// Whether the covered prefix is known and further parts would be dropped.
  bool complete() const noexcept { return search_.found(); }
  /// To be called after the last part.
  result<verified_ima> finish() &&;

private:
  ima_verifier(log_state start, ima_caps caps, ima_search search);
  result<std::size_t> join(byte_view part);
  status read_entries(byte_view part, const std::shared_ptr<const void>& owner);
  status take(const ima_entry& entry, std::size_t offset);
  fault at_entry(const fault& why) const;
  std::vector<hash_algorithm> perhaps_padded() const;
  status search_padded(std::vector<hash_algorithm> banks);

  log_state start_;
  ima_caps caps_;
  ima_search search_;
  ima_log_reader reader_;
  ima_arena arena_;
  bytes carry_; // the beginning of an entry whose rest is in the next part
  std::uint64_t bytes_ = 0;
  std::optional<fault> broken_;
};

} // namespace muster::tpm
