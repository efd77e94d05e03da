// An IMA log, streamed in parts and authenticated by its replay to a quote.
#pragma once

#include "tpm/evidence/ima_search.hpp"
#include "tpm/evidence/verified_ima.hpp"

#include <optional>

namespace muster::tpm {

/// Limits for one verification (docs/protocol.md 9).
struct ima_caps {
  std::uint64_t entries = 1'000'000;
  std::uint64_t bytes = 256ULL << 20U;
};

/// Verifies one IMA log against one quote: begin, feed each part, finish. A pure value; movable.
///   conflict     the recorded state does not fit this quote: ask from entry 0
///   malformed    the log is malformed, or a value that should have been sent is missing
///   unsupported  a template or a bank that we do not support
///   limit        more entries or bytes than `caps`
///   denied       an entry extends a PCR that was not quoted
///   mismatch     the quote never matched: the log is shorter than what was extended, changed, reordered, or
///                of another boot; or the start is not the machine's
/// The bytes after the covered prefix are kept unread: they may be anything (`verified_ima::unread_rest`).
class ima_verifier {
public:
  /// `start`: `first_log_state` for a whole log, else the state that was recorded for this boot. `claimed`:
  /// the PCR values that came with the log, as hints. `quote`: the one of this attestation; the caller has
  /// already compared its counters.
  static result<ima_verifier> begin(log_state start, const pcr_values& claimed, const verified_quote& quote,
                                    ima_caps caps = {});

  /// The next bytes of the log, cut anywhere, below 4 GiB. `owner` must keep them alive and unchanged: the
  /// entries stay in them. A fault is final, and later calls return it again; but if padded banks could still
  /// save the log, `feed` returns no fault and `finish` decides.
  status feed(byte_view part, const std::shared_ptr<const void>& owner);
  /// The same with a copy, for bytes that the caller does not own.
  status feed(byte_view part);
  /// Whether the covered prefix is known. Further parts are then kept unread, as far as `caps` allow.
  bool complete() const noexcept { return search_.found(); }
  /// Call it after the last part.
  result<verified_ima> finish() &&;

private:
  ima_verifier(log_state start, ima_caps caps, ima_search search);
  result<std::size_t> join(byte_view part);
  status read_entries(byte_view part, const std::shared_ptr<const void>& owner);
  void keep_rest(byte_view part, const std::shared_ptr<const void>& owner);
  status take(const ima_entry& entry, std::size_t size);
  fault at_entry(const fault& why) const;
  std::vector<hash_algorithm> perhaps_padded() const;
  status search_padded(std::vector<hash_algorithm> banks);

  log_state start_;
  ima_caps caps_;
  ima_search search_;
  ima_log_reader reader_;
  ima_runs entries_;
  std::vector<ima_run> unread_; // what follows the covered prefix, unread
  bytes carry_;                 // the beginning of an entry whose rest is in the next part
  std::uint64_t bytes_ = 0;
  std::optional<fault> broken_;
};

} // namespace muster::tpm
