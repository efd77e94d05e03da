#include "tpm/format/attest.hpp"

#include "crypto/digest.hpp"

namespace muster::tpm {

namespace {

constexpr std::size_t max_name = 2 + crypto::digest::max_size;  // TPM2B_NAME: algorithm and digest
constexpr std::size_t max_extra = 2 + crypto::digest::max_size; // TPM2B_DATA: at most a TPMT_HA

fault bad_attest(const char* what) { return {errc::malformed, std::string{"attest: "} + what}; }

// TPMS_CLOCK_INFO
result<clock_info> read_clock_info(cursor& in) {
  clock_info out;
  //   UINT64 clock, UINT32 resetCount, UINT32 restartCount, TPMI_YES_NO safe
  out.clock = in.u64_be();
  out.reset_count = in.u32_be();
  out.restart_count = in.u32_be();
  const auto safe = in.u8();
  if (in.failed()) return bad_attest("truncated");
  if (safe > 1) return bad_attest("safe is neither 0 nor 1");
  out.safe = safe == 1;
  return out;
}

} // namespace

result<quote_attest> parse_quote_attest(byte_view input) {
  cursor in{input};
  quote_attest out;
  //   TPM_GENERATED magic, TPMI_ST_ATTEST type
  const auto magic = in.u32_be();
  const auto type = in.u16_be();
  //   TPM2B_NAME qualifiedSigner, TPM2B_DATA extraData
  out.qualified_signer = in.take(in.u16_be());
  out.extra_data = in.take(in.u16_be());
  if (in.failed()) return bad_attest("truncated");
  if (magic != tpm_generated_value) return bad_attest("magic is not TPM_GENERATED_VALUE");
  if (type != attest_quote_tag) return bad_attest("type is not ATTEST_QUOTE");
  if (out.qualified_signer.size() > max_name || out.extra_data.size() > max_extra)
    return bad_attest("a field is longer than its type");
  //   TPMS_CLOCK_INFO clockInfo, UINT64 firmwareVersion
  const auto clock = read_clock_info(in);
  if (!clock) return clock.fault();
  out.clock = *clock;
  out.firmware_version = in.u64_be();
  //   TPMS_QUOTE_INFO: TPML_PCR_SELECTION pcrSelect, TPM2B_DIGEST pcrDigest
  const auto order = read_pcr_order(in);
  if (!order) return order.fault();
  out.order = *order;
  out.pcr_digest = in.take(in.u16_be());
  if (in.failed()) return bad_attest("truncated");
  if (!in.done()) return bad_attest("trailing bytes");
  return out;
}

} // namespace muster::tpm
