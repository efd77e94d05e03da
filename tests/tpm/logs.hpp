// Logs and PCR values of real machines, and logs built by tests.
#pragma once

#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/format/event_type.hpp"
#include "tpm/format/pcr_values.hpp"

#include <optional>
#include <sstream>

namespace muster::testing {

/// A file of ../shared/testdata, which is not part of the repository; empty if it is missing.
inline std::optional<bytes> read_shared(const std::string& path) {
  std::ifstream in{std::string{MUSTER_SOURCE_DIR} + "/../shared/testdata/" + path, std::ios::binary};
  if (!in.good()) return {};
  return bytes{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// Parses the output of `tpm2_pcrread`: "  sha256:" and lines "    10: 0x9A20...".
inline tpm::pcr_values parse_pcrread(byte_view text) {
  tpm::pcr_values out;
  std::istringstream in{std::string{as_text(text)}};
  std::optional<hash_algorithm> bank;
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto hex = line.find("0x", colon);
    if (hex == std::string::npos) {
      const auto name = line.find_first_not_of(' ');
      bank = hash_algorithm_from(std::string_view{line}.substr(name, colon - name));
      REQUIRE(bank.has_value());
      continue;
    }
    const auto value = from_hex(std::string_view{line}.substr(hex + 2));
    REQUIRE(value.has_value());
    REQUIRE(out.set(*bank, static_cast<unsigned>(std::stoul(line)), *value).ok());
  }
  return out;
}

/// Parses lines "4 10 <hex>": TPM_ALG_ID, index, value.
inline tpm::pcr_values parse_pcr_lines(byte_view text) {
  tpm::pcr_values out;
  std::istringstream in{std::string{as_text(text)}};
  unsigned id = 0;
  unsigned index = 0;
  for (std::string hex; in >> id >> index >> hex;) {
    const auto bank = hash_algorithm_from(static_cast<std::uint16_t>(id));
    REQUIRE(bank.has_value());
    REQUIRE(out.set(*bank, index, from_hex(hex).value()).ok());
  }
  return out;
}

/// Only the values of these PCRs, of one bank or of all.
inline tpm::pcr_values only(const tpm::pcr_values& values, std::uint32_t mask,
                            std::optional<hash_algorithm> bank = {}) {
  tpm::pcr_values out;
  for (const auto& present : values.present())
    for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
      if ((present.mask & mask) >> pcr & 1U && (!bank || *bank == present.algorithm))
        REQUIRE(out.set(present.algorithm, pcr, values.get(present.algorithm, pcr)).ok());
  return out;
}

/// Writes crypto-agile boot logs.
class event_log_builder {
public:
  explicit event_log_builder(std::vector<hash_algorithm> banks) : banks_{std::move(banks)} {
    writer spec;
    spec.put(as_bytes(std::string_view{"Spec ID Event03\0", 16}));
    spec.u32_le(0).u8(0).u8(2).u8(0).u8(2).u32_le(static_cast<std::uint32_t>(banks_.size()));
    for (const auto bank : banks_)
      spec.u16_le(static_cast<std::uint16_t>(bank)).u16_le(static_cast<std::uint16_t>(digest_size(bank)));
    spec.u8(0);
    out_.u32_le(0).u32_le(static_cast<std::uint32_t>(tpm::event_type::no_action)).put(bytes(20, 0));
    out_.u32_le(static_cast<std::uint32_t>(spec.view().size())).put(spec.view());
  }

  /// Measures `measured`, and logs `data` with it.
  event_log_builder& event(std::uint32_t pcr, tpm::event_type type, byte_view measured, byte_view data) {
    return event_of(banks_, pcr, type, measured, data);
  }
  /// The same with digests of these banks only.
  event_log_builder& event_of(const std::vector<hash_algorithm>& banks, std::uint32_t pcr,
                              tpm::event_type type, byte_view measured, byte_view data) {
    out_.u32_le(pcr).u32_le(static_cast<std::uint32_t>(type));
    out_.u32_le(static_cast<std::uint32_t>(banks.size()));
    for (const auto bank : banks)
      out_.u16_le(static_cast<std::uint16_t>(bank)).put(crypto::hash(bank, measured).view());
    out_.u32_le(static_cast<std::uint32_t>(data.size())).put(data);
    return *this;
  }
  event_log_builder& event_of(const std::vector<hash_algorithm>& banks, std::uint32_t pcr,
                              tpm::event_type type, byte_view data) {
    return event_of(banks, pcr, type, data, data);
  }
  event_log_builder& event(std::uint32_t pcr, tpm::event_type type, byte_view data) {
    return event(pcr, type, data, data);
  }
  event_log_builder& separator(std::uint32_t pcr) {
    return event(pcr, tpm::event_type::separator, bytes(4, 0));
  }
  event_log_builder& action(std::uint32_t pcr, std::string_view text) {
    return event(pcr, tpm::event_type::efi_action, as_bytes(text));
  }

  const bytes& view() const noexcept { return out_.view(); }

private:
  std::vector<hash_algorithm> banks_;
  writer out_;
};

/// UEFI_VARIABLE_DATA; `vendor` is a GUID in memory order.
inline bytes make_variable(byte_view vendor, std::string_view name, byte_view data) {
  writer out;
  out.put(vendor).u64_le(name.size()).u64_le(data.size());
  for (const auto c : name)
    out.u16_le(static_cast<std::uint16_t>(c));
  out.put(data);
  return out.take();
}

/// EFI_GLOBAL_VARIABLE and SHIM_LOCK in memory order.
inline bytes global_vendor() { return from_hex("61dfe48bca93d211aa0d00e098032b8c").value(); }
inline bytes shim_vendor() { return from_hex("50ab5d6046e00043abb63dd810dd8b23").value(); }

/// One field of an IMA template: its length and its bytes.
inline bytes ima_field(byte_view content) {
  writer out;
  out.u32_le(static_cast<std::uint32_t>(content.size())).put(content);
  return out.take();
}

/// Template data of ima-ng: a SHA-256 digest of `content`, and the path.
inline bytes ima_ng_data(std::string_view path, std::string_view content) {
  bytes digest = muster::to_bytes(as_bytes(std::string_view{"sha256:\0", 8}));
  append(digest, crypto::hash(hash_algorithm::sha256, as_bytes(content)).view());
  bytes name = muster::to_bytes(as_bytes(path));
  name.push_back(0);
  auto out = ima_field(digest);
  append(out, ima_field(name));
  return out;
}

/// An entry of any template but `ima`, with the right digest column unless `column` replaces it.
inline bytes ima_record(std::uint32_t pcr, std::string_view name, byte_view data,
                        std::optional<bytes> column = {}) {
  writer out;
  out.u32_le(pcr).put(column ? *column : muster::to_bytes(crypto::hash(hash_algorithm::sha1, data).view()));
  out.u32_le(static_cast<std::uint32_t>(name.size())).put(as_bytes(name));
  out.u32_le(static_cast<std::uint32_t>(data.size())).put(data);
  return out.take();
}

} // namespace muster::testing
