#include "appraisal/attestation/boot_moves.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

std::uint32_t quoted_pcrs(const tpm::pcr_selection& selection) noexcept {
  std::uint32_t out = 0;
  for (const auto& bank : selection)
    out |= bank.mask;
  return out;
}

/// The values of a PCR in each bank that both attestations have.
std::vector<tpm::bank_move> moves_of(unsigned pcr, const tpm::pcr_values& before,
                                     const tpm::pcr_values& now) {
  std::vector<tpm::bank_move> out;
  for (const auto& bank : now.present()) {
    const auto from = before.get(bank.algorithm, pcr);
    const auto to = now.get(bank.algorithm, pcr);
    if (!from.empty() && !to.empty())
      out.push_back({bank.algorithm, crypto::digest{from}, crypto::digest{to}});
  }
  return out;
}

bool moved(const std::vector<tpm::bank_move>& banks) noexcept {
  return std::ranges::any_of(banks, [](const tpm::bank_move& one) { return !(one.from == one.to); });
}

tpm::after_log recorded_of(const std::vector<tpm::after_log>& recorded, unsigned pcr) {
  const auto found = std::ranges::find(recorded, pcr, &tpm::after_log::pcr);
  return found == recorded.end() ? tpm::not_extended(pcr) : *found;
}

} // namespace

boot_moves moves_since(const recorded_boot& recorded, const tpm::log_state& now, std::uint32_t given_to_ima) {
  boot_moves out;
  const auto before = recorded.ima.values.present();
  out.followed = before == now.values.present() && recorded.ima.ima_pcrs == now.ima_pcrs;
  // Which PCRs IMA extends is what lists say, so that alone takes none away.
  const auto pcrs = quoted_pcrs(now.values.present()) & ~(now.ima_pcrs & given_to_ima);
  for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr) {
    if ((pcrs >> pcr & 1U) == 0) continue;
    const auto banks = moves_of(pcr, recorded.ima.values, now.values);
    const bool of_system = (tpm::os_pcrs >> pcr & 1U) != 0;
    if (!of_system || !recorded.after_log) {
      out.followed = out.followed && !moved(banks);
      continue;
    }
    auto judged = tpm::judge_move(recorded_of(*recorded.after_log, pcr), banks);
    if (!judged.explained() && moved(banks)) out.unexplained.push_back(judged.pcr);
    const auto* phases = judged.phases();
    if (phases == nullptr || !phases->empty()) out.after_log.push_back(std::move(judged));
  }
  return out;
}

} // namespace muster::appraisal
