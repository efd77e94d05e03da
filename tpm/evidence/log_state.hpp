// How far the measurements of one boot are verified.
#pragma once

#include "tpm/format/pcr_values.hpp"

#include <vector>

namespace muster::tpm {

/// The PCR that IMA extends unless its policy says `pcr=`. Nothing covers the order of entries of different
/// PCRs. So anything that depends on an entry's position counts only the entries of this PCR, since
/// `entry.pcr` is replayed.
inline constexpr unsigned ima_pcr = 10;
inline constexpr std::uint32_t default_ima_pcrs = 1U << ima_pcr;

/// Where the replay of an IMA log continues (docs/checks.md 17, docs/protocol.md 4). Valid for one (node,
/// generation, resetCount, restartCount, boot id): the caller stores those with it, and starts again from
/// `first_log_state` when one of them changes.
struct log_state {
  std::uint64_t entries = 0; ///< number of verified entries of the IMA log: the index of the next one
  /// The PCRs that IMA has extended so far, and always PCR 10.
  std::uint32_t ima_pcrs = default_ima_pcrs;
  /// The values of all quoted PCRs at that entry: IMA's continue from here. A PCR that IMA begins to extend
  /// later must still have its start value.
  pcr_values values;
  /// Banks that the kernel extends with the SHA-1 template hash padded with zeros, in any order. Known once
  /// `entries` is not 0.
  std::vector<hash_algorithm> padded_banks;

  bool padded(hash_algorithm bank) const noexcept;
};

/// The state before the first IMA entry of a boot: the values that the TPM itself gives the quoted PCRs at a
/// reset. No log has a say in it; otherwise the author of a boot log could choose where the IMA log starts
/// (docs/checks.md 17). fault unsupported: a quoted bank that we cannot compute.
result<log_state> first_log_state(const pcr_selection& quoted);

} // namespace muster::tpm
