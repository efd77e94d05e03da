#include "tpm/evidence/ima_search.hpp"

#include <bit>

namespace muster::tpm {

result<ima_search> ima_search::begin(const log_state& start, const pcr_values& claimed,
                                     const verified_quote& quote) {
  auto replay = ima_replay::begin(start, quote.selection());
  if (!replay) return replay.fault();
  ima_search out{std::move(*replay), quote};
  for (const auto& bank : quote.selection())
    for (unsigned pcr = 0; pcr < pcr_count; ++pcr) {
      if ((bank.mask >> pcr & 1U) == 0) continue;
      const auto value = claimed.get(bank.algorithm, pcr);
      if (value.empty())
        return fault{errc::malformed, "ima-log: no value of PCR " + std::to_string(pcr) + " was sent"};
      if (auto put = out.claimed_.set(bank.algorithm, pcr, value); !put) return put.fault();
    }
  out.values_ = out.claimed_;
  out.place_values();
  out.reached_.assign(out.replay_.lanes().size(), 0);
  out.note_reached(out.replay_.ima_pcrs());
  if (out.trying_) out.try_quote(out.replay_.ima_pcrs());
  return out;
}

status ima_search::extend(const ima_entry& entry) {
  if (auto extended = replay_.extend(entry); !extended) return extended;
  const bool begins = !trying_;
  if (begins) note_reached(1U << entry.pcr);
  if (!trying_) return {};
  if (tries_ > max_tries)
    return fault{errc::mismatch, "ima-log: the quote covers no entry within " + std::to_string(max_tries)
                                     + " entries after the values that were sent"};
  try_quote(begins ? replay_.ima_pcrs() : 1U << entry.pcr);
  return {};
}

void ima_search::note_reached(std::uint32_t pcrs) {
  bool all = true;
  for (std::size_t i = 0; i < reached_.size(); ++i) {
    const auto& lane = replay_.lanes()[i];
    const auto wanted = lane.quoted & replay_.ima_pcrs();
    for (auto open = wanted & pcrs & ~reached_[i]; open != 0; open &= open - 1) {
      const auto pcr = static_cast<unsigned>(std::countr_zero(open));
      if (same(lane.values[pcr].view(), claimed_.get(lane.bank, pcr))) reached_[i] |= 1U << pcr;
    }
    all = all && (reached_[i] & wanted) == wanted;
  }
  trying_ = all;
}

/// Lanes are the quote's banks that select any PCR, in its order.
void ima_search::place_values() {
  for (const auto& lane : replay_.lanes()) {
    auto& places = places_.emplace_back();
    for (unsigned pcr = 0; pcr < pcr_count; ++pcr) {
      if ((lane.quoted >> pcr & 1U) == 0) continue;
      places[pcr] = static_cast<std::uint32_t>(message_.size());
      append(message_, claimed_.get(lane.bank, pcr));
    }
  }
}

void ima_search::try_quote(std::uint32_t changed) {
  ++tries_;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const auto& lane = replay_.lanes()[i];
    for (auto open = lane.quoted & changed; open != 0; open &= open - 1) {
      const auto pcr = static_cast<unsigned>(std::countr_zero(open));
      std::ranges::copy(lane.values[pcr].view(), message_.begin() + places_[i][pcr]);
    }
  }
  if (crypto::hash(quote_.hash(), message_) != quote_.pcr_digest()) return;
  for (const auto& lane : replay_.lanes())
    for (unsigned pcr = 0; pcr < pcr_count; ++pcr)
      if ((lane.quoted & replay_.ima_pcrs()) >> pcr & 1U)
        (void)values_.set(lane.bank, pcr, lane.values[pcr].view()); // cannot fail: the length is right
  found_ = matches(quote_, values_);
}

bool ima_search::reached(hash_algorithm bank) const noexcept {
  for (std::size_t i = 0; i < reached_.size(); ++i) {
    const auto& lane = replay_.lanes()[i];
    const auto wanted = lane.quoted & replay_.ima_pcrs();
    if (lane.bank == bank) return (reached_[i] & wanted) == wanted;
  }
  return false;
}

} // namespace muster::tpm
