#include "standing/recorded_boot.hpp"

namespace muster::service {

std::shared_ptr<const appraisal::recorded_boot> recorded_boot_of(const node_state& state) {
  if (!state.boot) return nullptr;
  auto out = std::make_shared<appraisal::recorded_boot>();
  out->boot = *state.boot;
  out->clock = {state.clock, state.reset_count, state.restart_count, state.clock_safe};
  out->ima.entries = state.ima_count;
  out->ima.ima_pcrs = state.ima_mask;
  out->ima.padded_banks = state.padded_banks;
  for (const auto& pcr : state.pcrs)
    if (!out->ima.values.set(pcr.bank, pcr.index, pcr.value.view())) return nullptr;
  out->boot_log = state.boot_log;
  out->pins = state.pins;
  out->after_log = state.after_log;
  out->aggregate_bank = state.aggregate_bank;
  return out;
}

void record_boot(node_state& state, const appraisal::recorded_boot& verified) {
  state.boot = verified.boot;
  state.clock = verified.clock.clock;
  state.reset_count = verified.clock.reset_count;
  state.restart_count = verified.clock.restart_count;
  state.clock_safe = verified.clock.safe;
  state.ima_count = verified.ima.entries;
  state.ima_mask = verified.ima.ima_pcrs;
  state.padded_banks = verified.ima.padded_banks;
  state.boot_log = verified.boot_log;
  state.pins = verified.pins;
  state.after_log = verified.after_log;
  state.aggregate_bank = verified.aggregate_bank;
  state.pcrs.clear();
  for (const auto& bank : verified.ima.values.present())
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.mask >> i & 1U) != 0)
        state.pcrs.push_back({bank.algorithm, static_cast<std::uint8_t>(i),
                              crypto::digest{verified.ima.values.get(bank.algorithm, i)}});
}

void forget_boot(node_state& state) {
  state.boot.reset();
  state.boot_log.reset();
  state.pins.reset();
  state.after_log.reset();
  state.aggregate_bank.reset();
  state.boot_claims.reset();
  state.ima_count = 0;
  state.ima_mask = 0;
  state.pcrs.clear();
  state.padded_banks.clear();
  state.skipped = 0;
  state.proven = {}; // the logs stay: they become those of the last boot once another is verified
  end_lease(state);
}

} // namespace muster::service
