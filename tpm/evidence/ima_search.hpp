// Finds the entry up to which the quote covers an IMA log.
#pragma once

#include "tpm/evidence/ima_replay.hpp"
#include "tpm/evidence/quote.hpp"

namespace muster::tpm {

/// docs/protocol.md 4: replays forward to the first entry after which every quoted bank has reached its
/// claimed value. From there, it tries the quote's pcrDigest entry by entry. The values are read bank by bank
/// before the quote, so each bank may have reached its value at another entry; the quote covers all of them.
class ima_search {
public:
  /// How many entries are tried after the first one (docs/protocol.md 4).
  static constexpr std::uint32_t max_tries = 4096;

  /// `claimed`: the PCR values that the machine read and sent; at least the quoted ones. Faults of
  /// `ima_replay::begin`; malformed: a quoted value was not sent.
  static result<ima_search> begin(const log_state& start, const pcr_values& claimed,
                                  const verified_quote& quote);

  /// Whether the quote covers exactly the entries so far. Do not extend any more then.
  bool found() const noexcept { return found_; }
  /// fault mismatch: the quote did not match within `max_tries` entries; also the faults of
  /// `ima_replay::extend`.
  status extend(const ima_entry& entry);

  /// Whether the bank reached its claimed value. If so, `start` is right about its padding.
  bool reached(hash_algorithm bank) const noexcept;
  /// Whether all banks did. If the quote still does not match, the difference is in the other PCRs, or the
  /// values sent are not the quoted ones.
  bool reached_all() const noexcept { return trying_; }

  const ima_replay& replay() const noexcept { return replay_; }
  const pcr_values& claimed() const noexcept { return claimed_; }
  const verified_quote& quote() const noexcept { return quote_; }
  /// The quoted values once they are found; meaningless before.
  const pcr_values& values() const noexcept { return values_; }

private:
  ima_search(ima_replay replay, const verified_quote& quote) : replay_{std::move(replay)}, quote_{quote} {}
  void note_reached(std::uint32_t pcrs);
  void place_values();
  void try_quote(std::uint32_t changed);

  ima_replay replay_;
  verified_quote quote_;
  pcr_values claimed_;
  pcr_values values_; // as claimed; once found, the PCRs of IMA have their replayed values
  /// The input of the quote's pcrDigest: all quoted values in order. It is kept between tries, because every
  /// entry of a log can be a try, and only one value changes each time.
  bytes message_;
  std::vector<std::array<std::uint32_t, pcr_count>> places_; // by lane: where each value is in the message
  std::vector<std::uint32_t> reached_;                       // by lane: PCRs that reached their claimed value
  std::uint32_t tries_ = 0;
  bool trying_ = false;
  bool found_ = false;
};

} // namespace muster::tpm
