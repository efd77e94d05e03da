// An IMA log, streamed in parts and authenticated by replay to a quote.
#pragma once

#include "tpm/evidence/ima_search.hpp"
#include "tpm/evidence/verified_ima.hpp"

#include <optional>

namespace muster::tpm {

/// Bounds for one verification (docs/protocol.md 9).
struct ima_caps {
  std::uint64_t entries = 1'000'000;
  std::uint64_t bytes = 256ULL << 20U;
};

/// Verifies one IMA log against one quote: begin, feed each part, finish. A pure value; movable.
///   conflict     the recorded state does not serve this quote: ask from entry 0
///   malformed    the log, or a value that should have come along
///   unsupported  a template, hash or byte order that we do not do
///   limit        more entries or bytes than `caps`
///   denied       an entry extends a PCR that was not quoted
///   mismatch     the quote was never met: a log that is shorter than the PCR, changed, reordered, of another
///                boot, or a start that is not the machine's
/// What lies behind the covered prefix is kept unread: it may be anything (`verified_ima::behind`).
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
  /// Whether the covered prefix is known: further parts are kept unread, as far as `caps` allow.
  bool complete() const noexcept { return search_.found(); }
  /// To be called after the last part.
  result<verified_ima> finish() &&;

private:
  ima_verifier(log_state start, ima_caps caps, ima_search search);
  result<std::size_t> join(byte_view part);
  status read_entries(byte_view part, const std::shared_ptr<const void>& owner);
  void keep_behind(byte_view part, const std::shared_ptr<const void>& owner);
  status take(const ima_entry& entry, std::size_t size);
  fault at_entry(const fault& why) const;
  std::vector<hash_algorithm> perhaps_padded() const;
  status search_padded(std::vector<hash_algorithm> banks);

  log_state start_;
  ima_caps caps_;
  ima_search search_;
  ima_log_reader reader_;
  ima_runs entries_;
  std::vector<ima_run> behind_; // the covered prefix, unread
  bytes carry_;                 // the beginning of an entry whose rest is in the next part
  std::uint64_t bytes_ = 0;
  std::optional<fault> broken_;
};

} // namespace muster::tpm
