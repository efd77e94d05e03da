#include "tpm/format/pcr_selection.hpp"

namespace muster::tpm {

namespace {

constexpr std::uint8_t size_of_select = 3; // octets for 24 PCRs

// One register or a range of them: "10", "0-9".
void append_run(std::string& out, unsigned first, unsigned last) {
  out += std::to_string(first);
  if (last != first) out += '-' + std::to_string(last);
}

void append_indices(std::string& out, std::uint32_t mask) {
  const char* separator = "";
  for (unsigned first = 0; first < pcr_count; ++first) {
    if ((mask >> first & 1U) == 0) continue;
    auto last = first;
    while (last + 1 < pcr_count && (mask >> (last + 1) & 1U) != 0)
      ++last;
    out += separator;
    append_run(out, first, last);
    separator = ",";
    first = last;
  }
}

} // namespace

status pcr_selection::add(hash_algorithm bank, std::uint32_t mask) {
  if (mask >> pcr_count != 0) return fault{errc::malformed, "pcr-selection: a PCR above 23"};
  for (const auto& known : *this)
    if (known.algorithm == bank) return fault{errc::malformed, "pcr-selection: a bank is named twice"};
  if (size_ == banks_.size()) return fault{errc::limit, "pcr-selection: too many banks"};
  banks_[size_++] = {bank, mask};
  return {};
}

bool pcr_selection::selects_nothing() const noexcept {
  return std::all_of(begin(), end(), [](const pcr_bank& bank) { return bank.mask == 0; });
}

std::uint32_t pcr_selection::mask_of(hash_algorithm bank) const noexcept {
  for (const auto& known : *this)
    if (known.algorithm == bank) return known.mask;
  return 0;
}

pcr_order::pcr_order(const pcr_selection& in) noexcept : size_{in.size()} {
  static_assert(max_entries >= max_pcr_banks);
  std::copy(in.begin(), in.end(), entries_.begin());
}

status pcr_order::add(hash_algorithm bank, std::uint32_t mask) {
  if (mask >> pcr_count != 0) return fault{errc::malformed, "pcr-selection: a PCR above 23"};
  if (size_ == entries_.size()) return fault{errc::limit, "pcr-selection: too many banks"};
  entries_[size_++] = {bank, mask};
  return {};
}

pcr_selection pcr_order::merged() const noexcept {
  pcr_selection out;
  for (const auto* one = begin(); one != end(); ++one) {
    const auto is_same = [one](const pcr_bank& other) { return other.algorithm == one->algorithm; };
    if (std::any_of(begin(), one, is_same)) continue;
    std::uint32_t mask = 0;
    for (const auto& other : *this)
      if (is_same(other)) mask |= other.mask;
    (void)out.add(one->algorithm, mask); // cannot fail: there are no more algorithms than banks
  }
  return out;
}

result<pcr_order> read_pcr_order(cursor& in) {
  pcr_order out;
  //   UINT32 count
  const auto banks = in.u32_be();
  if (in.failed()) return fault{errc::malformed, "pcr-selection: truncated"};
  if (banks > pcr_order::max_entries) return fault{errc::limit, "pcr-selection: too many banks"};
  for (std::uint32_t i = 0; i < banks; ++i) {
    //   TPMI_ALG_HASH hash, UINT8 sizeofSelect, BYTE pcrSelect[sizeofSelect]: bit i of octet j is PCR 8j + i
    const auto algorithm = hash_algorithm_from(in.u16_be());
    const auto size = in.u8();
    const auto select = in.take(size_of_select);
    if (in.failed()) return fault{errc::malformed, "pcr-selection: truncated"};
    if (!algorithm) return fault{errc::unsupported, "pcr-selection: unknown bank"};
    if (size != size_of_select) return fault{errc::malformed, "pcr-selection: sizeofSelect is not 3"};
    const auto mask = select[0] | std::uint32_t{select[1]} << 8U | std::uint32_t{select[2]} << 16U;
    if (auto added = out.add(*algorithm, mask); !added) return added.fault();
  }
  return out;
}

result<pcr_selection> parse_pcr_selection(byte_view input) {
  cursor in{input};
  const auto order = read_pcr_order(in);
  if (!order) return order.fault();
  if (order->names_a_bank_twice()) return fault{errc::malformed, "pcr-selection: a bank is named twice"};
  if (!in.done()) return fault{errc::malformed, "pcr-selection: trailing bytes"};
  return order->merged();
}

void write_pcr_selection(writer& out, const pcr_order& order) {
  out.u32_be(static_cast<std::uint32_t>(order.size()));
  for (const auto& [algorithm, mask] : order) {
    out.u16_be(static_cast<std::uint16_t>(algorithm)).u8(size_of_select);
    for (unsigned octet = 0; octet < size_of_select; ++octet)
      out.u8(static_cast<std::uint8_t>(mask >> (8 * octet)));
  }
}

std::string to_string(const pcr_selection& selection) {
  if (selection.selects_nothing()) return "nothing";
  std::string out;
  for (const auto& [algorithm, mask] : selection) {
    if (mask == 0) continue;
    if (!out.empty()) out += '+';
    out += to_string(algorithm);
    out += ':';
    append_indices(out, mask);
  }
  return out;
}

} // namespace muster::tpm
