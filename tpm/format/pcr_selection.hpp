// TPML_PCR_SELECTION: which registers of which banks.
#pragma once

#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::tpm {

/// PC Client TPMs have 24 PCRs, so a canonical selection has 3 octets a bank.
inline constexpr unsigned pcr_count = 24;
/// One bank for each algorithm that we know.
inline constexpr std::size_t max_pcr_banks = 5;

/// The PCRs of one bank. Bit i of `mask` is PCR i. The mask may be 0: a TPM answers so for a bank it lacks.
struct pcr_bank {
  hash_algorithm algorithm = hash_algorithm::sha256;
  std::uint32_t mask = 0;
  friend bool operator==(const pcr_bank&, const pcr_bank&) = default;
};

/// Bits `first` to `last`, inclusive; both below `pcr_count`.
constexpr std::uint32_t pcr_mask(unsigned first, unsigned last) noexcept {
  return (last < first) ? 0 : ((1U << (last - first + 1U)) - 1U) << first;
}

inline constexpr std::uint32_t all_pcrs = pcr_mask(0, pcr_count - 1);

/// Banks in a significant order: a quote hashes their values in it. No bank occurs twice; at most
/// `max_pcr_banks`; no heap allocation. Two selections are equal only if their order is the same.
class pcr_selection {
public:
  pcr_selection() noexcept = default;

  /// fault malformed: the bank is already in the selection, or bits above PCR 23; limit: too many banks.
  status add(hash_algorithm bank, std::uint32_t mask);

  const pcr_bank* begin() const noexcept { return banks_.data(); }
  const pcr_bank* end() const noexcept { return banks_.data() + size_; }
  std::size_t size() const noexcept { return size_; }
  /// No PCR of any bank is selected.
  bool selects_nothing() const noexcept;
  /// 0 if the bank is not in the selection.
  std::uint32_t mask_of(hash_algorithm bank) const noexcept;

  friend bool operator==(const pcr_selection& a, const pcr_selection& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

private:
  std::array<pcr_bank, max_pcr_banks> banks_{};
  std::size_t size_ = 0;
};

/// A selection in the order in which a TPM hashes the values of a quote. A TPM takes a bank that is named
/// again (`tpm2_quote -l sha256:0+sha256:1`) and quotes the selection as it was given: it hashes the PCRs of
/// each entry in turn, and one that is selected twice it hashes twice (TPM 2.0 Part 3, 18.4 TPM2_Quote).
class pcr_order {
public:
  /// HASH_COUNT of tss2, its TPML_PCR_SELECTION.
  static constexpr std::size_t max_entries = 16;

  pcr_order() noexcept = default;
  explicit pcr_order(const pcr_selection& in) noexcept;

  /// fault malformed: bits above PCR 23; limit: too many entries.
  status add(hash_algorithm bank, std::uint32_t mask);

  const pcr_bank* begin() const noexcept { return entries_.data(); }
  const pcr_bank* end() const noexcept { return entries_.data() + size_; }
  std::size_t size() const noexcept { return size_; }
  /// What is selected: each bank once, in the order of the first mention.
  pcr_selection merged() const noexcept;
  bool names_a_bank_twice() const noexcept { return merged().size() != size_; }

private:
  std::array<pcr_bank, max_entries> entries_{};
  std::size_t size_ = 0;
};

/// Reads a TPML_PCR_SELECTION (TPM 2.0 Part 2, 10.9.7) inside a larger structure; sizeofSelect must be 3.
/// fault malformed, unsupported (unknown bank), limit.
result<pcr_order> read_pcr_order(cursor& in);
/// The same in canonical form, with no bank twice (else fault malformed) and no trailing bytes.
result<pcr_selection> parse_pcr_selection(byte_view input);

void write_pcr_selection(writer& out, const pcr_order& order);
inline void write_pcr_selection(writer& out, const pcr_selection& selection) {
  write_pcr_selection(out, pcr_order{selection});
}

/// For people: "sha256:0-9,14+sha1:10". The empty selection is "nothing".
std::string to_string(const pcr_selection& selection);

} // namespace muster::tpm
