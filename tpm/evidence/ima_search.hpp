// Looks for the entry up to which the quote covers an IMA log.
#pragma once

#include "tpm/evidence/ima_replay.hpp"
#include "tpm/evidence/quote.hpp"

namespace muster::tpm {

/// docs/protocol.md 4: replays forward to the first entry after which the values that came along were
/// reached, in every quoted bank, and tries the quote's pcrDigest from there entry by entry. Values are read
/// bank by bank before the quote, so each bank may have reached its value at another entry; the quote covers
/// all of them.
class ima_search {
public:
  /// How many entries are tried behind the first one (docs/protocol.md 4).
  static constexpr std::uint32_t max_tries = 4096;

  /// `claimed`: what the machine says that its PCRs were when it read them; at least the quoted ones.
  /// faults of `ima_replay::begin`; malformed: a quoted value did not come along.
  static result<ima_search> begin(const log_state& start, const pcr_values& claimed,
                                  const verified_quote& quote);

  /// Whether the quote covers exactly the entries so far. Then no more may be extended.
  bool found() const noexcept { return found_; }
  /// fault mismatch: the quote was not met within `max_tries`; faults of `ima_replay::extend`.
  status extend(const ima_entry& entry);

  /// Whether the bank came to the value that was claimed, so that it was fed as `start` says.
  bool reached(hash_algorithm bank) const noexcept;
  /// Whether all did: what is missing then is in the other PCRs, or the values that came along are not the
  /// quoted ones.
  bool reached_all() const noexcept { return trying_; }

  const ima_replay& replay() const noexcept { return replay_; }
  const pcr_values& claimed() const noexcept { return claimed_; }
  const verified_quote& quote() const noexcept { return quote_; }
  /// The quoted values as they were found; meaningless before.
  const pcr_values& values() const noexcept { return values_; }

private:
  ima_search(ima_replay replay, const verified_quote& quote) : replay_{std::move(replay)}, quote_{quote} {}
  void note_reached(std::uint32_t pcrs);
  void lay_out();
  void try_quote(std::uint32_t changed);

  ima_replay replay_;
  verified_quote quote_;
  pcr_values claimed_;
  pcr_values values_; // claimed, with the PCRs of IMA as replayed, once they are found
  /// What the quote's pcrDigest is of: all quoted values in their order. Kept from try to try, since a log
  /// can make each of its entries one, and only one value changes.
  bytes message_;
  std::vector<std::array<std::uint32_t, pcr_count>> places_; // by lane: of each value in the message
  std::vector<std::uint32_t> reached_;                       // by lane: PCRs that came to their claimed value
  std::uint32_t tries_ = 0;
  bool trying_ = false;
  bool found_ = false;
};

} // namespace muster::tpm
