#include "tpm/evidence/log_state.hpp"

#include "tpm/evidence/boot_replay.hpp"

#include <algorithm>

namespace muster::tpm {
namespace {

status put_bank(pcr_values& out, const pcr_bank& quoted, const replayed_bank& replayed) {
  for (unsigned pcr = 0; pcr < pcr_count; ++pcr) {
    if ((quoted.mask >> pcr & 1U) == 0) continue;
    if (auto put = out.set(quoted.algorithm, pcr, replayed.values[pcr].view()); !put) return put;
  }
  return {};
}

} // namespace

bool log_state::padded(hash_algorithm bank) const noexcept {
  return std::ranges::find(padded_banks, bank) != padded_banks.end();
}

result<log_state> first_log_state(const pcr_selection& quoted, const event_log* boot_log) {
  log_state out;
  static const event_log none;
  for (const auto& bank : quoted) {
    if (!crypto::supported(bank.algorithm))
      return fault{errc::unsupported, "ima-log: bank " + std::string{to_string(bank.algorithm)}};
    crypto::hasher hash{bank.algorithm};
    const bool logged = boot_log != nullptr && boot_log->has_bank(bank.algorithm);
    const auto replayed = replay_bank(logged ? *boot_log : none, hash, bank.mask, 0);
    if (auto put = put_bank(out.values, bank, replayed); !put) return put.fault();
  }
  return out;
}

} // namespace muster::tpm
