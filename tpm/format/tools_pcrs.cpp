#include "tpm/format/tools_pcrs.hpp"

namespace muster::tpm {

namespace {

constexpr unsigned selection_slots = 16; // HASH_COUNT of TPML_PCR_SELECTION
constexpr unsigned select_octets = 4;    // PCR_SELECT_MAX
constexpr unsigned digest_slots = 8;     // of TPML_DIGEST
constexpr unsigned digest_buffer = 64;   // of TPM2B_DIGEST
constexpr std::uint32_t max_lists = 32;  // of tpm2-tools' tpm2_pcrs
constexpr std::uint8_t canonical_select = 3;

fault bad_tools_pcrs(const char* what) { return {errc::malformed, std::string{"tools-pcrs: "} + what}; }

// TPML_PCR_SELECTION in memory: all slots are always there.
result<pcr_order> read_selection(cursor& in) {
  pcr_order out;
  //   uint32_t count
  const auto count = in.u32_le();
  if (count > pcr_order::max_entries) return fault{errc::limit, "tools-pcrs: too many banks"};
  for (unsigned slot = 0; slot < selection_slots; ++slot) {
    //   uint16_t hash, uint8_t sizeofSelect, uint8_t pcrSelect[4], one octet of padding
    const auto algorithm = hash_algorithm_from(in.u16_le());
    const auto size = in.u8();
    const auto select = in.take(select_octets);
    in.u8();
    if (in.failed()) return bad_tools_pcrs("truncated");
    if (slot >= count) continue;
    if (!algorithm) return fault{errc::unsupported, "tools-pcrs: unknown bank"};
    if (size != canonical_select) return bad_tools_pcrs("sizeofSelect is not 3");
    const auto mask = select[0] | std::uint32_t{select[1]} << 8U | std::uint32_t{select[2]} << 16U;
    if (auto added = out.add(*algorithm, mask); !added) return added.fault();
  }
  return out;
}

/// Iterates over the registers of a selection in its order.
class selected_registers {
public:
  explicit selected_registers(const pcr_order& order) noexcept : bank_{order.begin()}, end_{order.end()} {
    settle();
  }
  bool done() const noexcept { return bank_ == end_; }
  hash_algorithm bank() const noexcept { return bank_->algorithm; }
  unsigned index() const noexcept { return index_; }
  void next() noexcept {
    ++index_;
    settle();
  }

private:
  void settle() noexcept {
    for (; bank_ != end_; ++bank_, index_ = 0)
      for (; index_ < pcr_count; ++index_)
        if ((bank_->mask >> index_ & 1U) != 0) return;
  }

  const pcr_bank* bank_;
  const pcr_bank* end_;
  unsigned index_ = 0;
};

// TPML_DIGEST in memory, with all slots: one answer to TPM2_PCR_Read.
status read_digests(cursor& in, selected_registers& next, pcr_values& out) {
  //   uint32_t count
  const auto count = in.u32_le();
  if (count > digest_slots) return bad_tools_pcrs("more than 8 digests in a list");
  for (unsigned slot = 0; slot < digest_slots; ++slot) {
    //   uint16_t size, uint8_t buffer[64]
    const auto size = in.u16_le();
    const auto buffer = in.take(digest_buffer);
    if (in.failed()) return bad_tools_pcrs("truncated");
    if (slot >= count) continue;
    if (size > digest_buffer) return bad_tools_pcrs("digest is longer than its buffer");
    if (next.done()) return bad_tools_pcrs("more values than PCRs selected");
    const auto known = out.get(next.bank(), next.index());
    if (!known.empty() && !same(known, buffer.first(size))) return bad_tools_pcrs("a PCR has two values");
    if (auto set = out.set(next.bank(), next.index(), buffer.first(size)); !set) return set;
    next.next();
  }
  return {};
}

} // namespace

result<tools_pcrs> parse_tools_pcrs(byte_view input) {
  cursor in{input};
  auto selection = read_selection(in);
  if (!selection) return selection.fault();
  tools_pcrs out{selection->merged(), {}};
  selected_registers next{*selection};
  //   uint32_t number of lists that follow
  const auto lists = in.u32_le();
  if (in.failed()) return bad_tools_pcrs("truncated");
  if (lists > max_lists) return fault{errc::limit, "tools-pcrs: too many lists"};
  for (std::uint32_t i = 0; i < lists; ++i)
    if (const auto read = read_digests(in, next, out.values); !read) return read.fault();
  if (!in.done()) return bad_tools_pcrs("trailing bytes");
  if (!next.done()) return bad_tools_pcrs("fewer values than PCRs selected");
  return out;
}

} // namespace muster::tpm
