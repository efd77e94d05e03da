#include "tpm/evidence/log_state.hpp"

#include "tpm/evidence/boot_replay.hpp"

#include <algorithm>

namespace muster::tpm {
bool log_state::padded(hash_algorithm bank) const noexcept {
  return std::ranges::find(padded_banks, bank) != padded_banks.end();
}

result<log_state> first_log_state(const pcr_selection& quoted) {
  log_state out;
  for (const auto& bank : quoted) {
    if (!crypto::supported(bank.algorithm))
      return fault{errc::unsupported, "ima-log: bank " + std::string{to_string(bank.algorithm)}};
    for (unsigned pcr = 0; pcr < pcr_count; ++pcr) {
      if ((bank.mask >> pcr & 1U) == 0) continue;
      if (auto put = out.values.set(bank.algorithm, pcr, start_value(bank.algorithm, pcr).view()); !put)
        return put.fault();
    }
  }
  return out;
}

} // namespace muster::tpm
