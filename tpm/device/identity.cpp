#include "tpm/device/identity.hpp"

#include "tpm/device/connection.hpp"

namespace muster::tpm {
namespace {

// Four characters per property, padded with NUL.
void append_text(std::string& out, std::uint32_t property) {
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    if (const auto character = static_cast<char>(property >> shift & 0xffU); character != '\0')
      out += character;
}

void take_property(chip_identity& out, const TPMS_TAGGED_PROPERTY& property) {
  switch (property.property) {
  case TPM2_PT_MANUFACTURER: append_text(out.manufacturer, property.value); break;
  case TPM2_PT_VENDOR_STRING_1:
  case TPM2_PT_VENDOR_STRING_2:
  case TPM2_PT_VENDOR_STRING_3:
  case TPM2_PT_VENDOR_STRING_4: append_text(out.vendor, property.value); break;
  case TPM2_PT_FIRMWARE_VERSION_1: out.firmware |= std::uint64_t{property.value} << 32U; break;
  case TPM2_PT_FIRMWARE_VERSION_2: out.firmware |= property.value; break;
  default: break;
  }
}

// Some vendors pad the text with spaces, too.
std::string tidy(std::string_view text) {
  const auto end = text.find_last_not_of(' ');
  return printable(end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1), 64);
}

result<std::vector<hash_algorithm>> read_banks(const chip& tpm) {
  auto answer = get_capability(tpm, TPM2_CAP_PCRS, 0, 1);
  if (!answer) return answer.fault();
  const auto& list = (*answer)->data.assignedPCR;
  std::vector<hash_algorithm> banks;
  for (std::uint32_t i = 0; i < list.count && i < TPM2_NUM_PCR_BANKS; ++i) {
    const auto& bank = list.pcrSelections[i];
    const auto algorithm = hash_algorithm_from(bank.hash);
    bool allocated = false;
    for (std::size_t octet = 0; octet < bank.sizeofSelect && octet < TPM2_PCR_SELECT_MAX; ++octet)
      allocated = allocated || bank.pcrSelect[octet] != 0;
    if (algorithm && allocated) banks.push_back(*algorithm);
  }
  return banks;
}

} // namespace

result<chip_identity> read_identity(chip& tpm) {
  constexpr std::uint32_t wanted = TPM2_PT_FIRMWARE_VERSION_2 - TPM2_PT_MANUFACTURER + 1;
  auto answer = get_capability(tpm, TPM2_CAP_TPM_PROPERTIES, TPM2_PT_MANUFACTURER, wanted);
  if (!answer) return answer.fault();
  const auto& list = (*answer)->data.tpmProperties;
  chip_identity out;
  for (std::uint32_t i = 0; i < list.count && i < TPM2_MAX_TPM_PROPERTIES; ++i)
    take_property(out, list.tpmProperty[i]);
  out.manufacturer = tidy(out.manufacturer);
  out.vendor = tidy(out.vendor);
  auto banks = read_banks(tpm);
  if (!banks) return banks.fault();
  out.banks = std::move(*banks);
  return out;
}

result<clock_reading> read_clock(chip& tpm) {
  esys_ptr<TPMS_TIME_INFO> time;
  if (auto done =
          check("ReadClock", Esys_ReadClock(esys(tpm), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, out(time)));
      !done)
    return done.fault();
  const auto& clock = time->clockInfo;
  return clock_reading{clock.clock, clock.resetCount, clock.restartCount, clock.safe == TPM2_YES};
}

} // namespace muster::tpm
