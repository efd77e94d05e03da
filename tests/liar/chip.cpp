#include "tests/liar/chip.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

std::size_t place_of(hash_algorithm bank) {
  return static_cast<std::size_t>(std::ranges::find(banks, bank) - banks.begin());
}

} // namespace

void chip::reset() {
  for (std::size_t i = 0; i < banks.size(); ++i)
    for (auto& value : pcrs_[i])
      value = crypto::digest{bytes(digest_size(banks[i]), 0)};
  // PCRs 17 to 22 are for a dynamic launch, and start as all ones.
  for (std::size_t i = 0; i < banks.size(); ++i)
    for (unsigned pcr = 17; pcr <= 22; ++pcr)
      pcrs_[i][pcr] = crypto::digest{bytes(digest_size(banks[i]), 0xff)};
  ++clock_.reset_count;
  clock_.restart_count = 0;
  clock_.safe = true;
}

void chip::lose_power() {
  reset();
  constexpr std::uint64_t written_each = 4'000;
  clock_.clock -= clock_.clock % written_each;
  clock_.safe = false;
}

void chip::resume() { ++clock_.restart_count; }

void chip::extend(unsigned pcr, const measurement& with) {
  for (std::size_t i = 0; i < banks.size(); ++i)
    pcrs_[i][pcr] = crypto::hash(banks[i], {pcrs_[i][pcr].view(), with.digests[i].view()});
}

const crypto::digest& chip::pcr(hash_algorithm bank, unsigned index) const {
  return pcrs_.at(place_of(bank)).at(index);
}

tpm::pcr_values chip::values(const tpm::pcr_selection& selection) const {
  tpm::pcr_values out;
  for (const auto& bank : selection)
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.mask >> i & 1U) != 0 && place_of(bank.algorithm) < banks.size())
        (void)out.set(bank.algorithm, i, pcr(bank.algorithm, i).view());
  return out;
}

} // namespace muster::liar
