// How far the measurements of one boot were verified.
#pragma once

#include "tpm/format/pcr_values.hpp"

#include <vector>

namespace muster::tpm {

/// The PCR that IMA extends unless its policy says `pcr=`. Of entries of different PCRs nothing covers the
/// order: what rests on the place of an entry counts those of this one only, as `entry.pcr` is replayed.
inline constexpr unsigned ima_pcr = 10;
inline constexpr std::uint32_t default_ima_pcrs = 1U << ima_pcr;

/// Where the replay of an IMA log goes on (docs/checks.md 17, docs/protocol.md 4). Valid for one (node,
/// generation, resetCount, restartCount, boot id): the caller keeps those beside it, and begins anew when one
/// of them changed.
struct log_state {
  std::uint64_t entries = 0; ///< of the IMA log that were verified: the index of the next one
  /// The PCRs that IMA extended so far, and always PCR 10.
  std::uint32_t ima_pcrs = default_ima_pcrs;
  /// Of all quoted PCRs at that entry: those of IMA go on from here. One that IMA begins to extend later must
  /// still have its start value.
  pcr_values values;
  /// Banks that the kernel feeds with the SHA-1 template hash and zeros behind it, in any order. Known once
  /// `entries` is not 0.
  std::vector<hash_algorithm> padded_banks;

  bool padded(hash_algorithm bank) const noexcept;
};

/// The state before the first IMA entry of a boot: the values that the TPM itself gives the quoted PCRs at a
/// reset. No log has a say in it: whoever writes the boot log would else choose what the IMA log goes on from
/// (docs/checks.md 17). fault unsupported: a quoted bank that we cannot compute.
result<log_state> first_log_state(const pcr_selection& quoted);

} // namespace muster::tpm
