#include "tpm/device/laboratory.hpp"

#include "tpm/device/connection.hpp"

#include <algorithm>

namespace muster::tpm::laboratory {

status extend(chip& tpm, unsigned pcr, const std::vector<bank_digest>& digests) {
  if (pcr >= pcr_count) return fault{errc::malformed, "extend: no such PCR"};
  TPML_DIGEST_VALUES values{};
  if (digests.size() > std::size(values.digests)) return fault{errc::limit, "extend: too many banks"};
  for (const auto& [bank, value] : digests) {
    if (value.size() != digest_size(bank)) return fault{errc::malformed, "extend: digest of another length"};
    auto& slot = values.digests[values.count++];
    slot.hashAlg = static_cast<TPM2_ALG_ID>(bank);
    std::memcpy(&slot.digest, value.view().data(), value.size());
  }
  return check("PCR_Extend", Esys_PCR_Extend(esys(tpm), ESYS_TR_PCR0 + pcr, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                             ESYS_TR_NONE, &values));
}

status allocate_banks(chip& tpm, const std::vector<hash_algorithm>& banks) {
  auto now = get_capability(tpm, TPM2_CAP_PCRS, 0, 1);
  if (!now) return now.fault();
  // Every bank that the TPM knows must be named: a bank that is left out stays as it is.
  TPML_PCR_SELECTION wanted{};
  const auto& known = (*now)->data.assignedPCR;
  for (std::uint32_t i = 0; i < known.count && i < TPM2_NUM_PCR_BANKS; ++i) {
    auto& bank = wanted.pcrSelections[wanted.count++];
    bank.hash = known.pcrSelections[i].hash;
    bank.sizeofSelect = 3;
    const auto algorithm = hash_algorithm_from(bank.hash);
    if (algorithm && std::ranges::find(banks, *algorithm) != banks.end())
      std::fill_n(std::begin(bank.pcrSelect), bank.sizeofSelect, std::uint8_t{0xff});
  }
  TPMI_YES_NO success = TPM2_NO;
  std::uint32_t max_pcr = 0;
  std::uint32_t needed = 0;
  std::uint32_t available = 0;
  if (auto done = check("PCR_Allocate",
                        Esys_PCR_Allocate(esys(tpm), ESYS_TR_RH_PLATFORM, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                          ESYS_TR_NONE, &wanted, &success, &max_pcr, &needed, &available));
      !done)
    return done;
  if (success != TPM2_YES) return fault{errc::io, "tpm: PCR_Allocate: no room for these banks"};
  return {};
}

status shutdown(chip& tpm) {
  return check("Shutdown", Esys_Shutdown(esys(tpm), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_SU_CLEAR));
}

} // namespace muster::tpm::laboratory
