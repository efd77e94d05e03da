// The TPM of the model: PCRs that are only ever extended, and counters that only ever rise.
#pragma once

#include "tests/liar/measurement.hpp"
#include "tpm/format/attest.hpp"
#include "tpm/format/pcr_values.hpp"

namespace muster::liar {

class chip {
public:
  /// TPM2_Startup(CLEAR) after a power cut or a reboot.
  void reset();
  /// Power loss: the clock continues from the value stored last, and says that values may repeat.
  void lose_power();
  /// Suspend and resume; PCRs are kept.
  void resume();
  /// TPM2_PCR_Extend, by any program on the machine.
  void extend(unsigned pcr, const measurement& with);
  /// Lets time pass.
  void wait(std::uint64_t milliseconds) noexcept { clock_.clock += milliseconds; }

  const crypto::digest& pcr(hash_algorithm bank, unsigned index) const;
  tpm::pcr_values values(const tpm::pcr_selection& selection) const;
  const tpm::clock_info& clock() const noexcept { return clock_; }

private:
  std::array<std::array<crypto::digest, tpm::pcr_count>, banks.size()> pcrs_;
  tpm::clock_info clock_{1000, 1, 0, true};
};

} // namespace muster::liar
