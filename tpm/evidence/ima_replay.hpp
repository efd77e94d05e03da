// Extends IMA entries into PCRs, as the kernel did.
#pragma once

#include "tpm/evidence/log_state.hpp"
#include "tpm/format/ima_log.hpp"

namespace muster::tpm {

/// One PCR value for each quoted bank and PCR, extended entry by entry. There is one context per hash, and no
/// allocation per entry. Movable; for use by one thread at a time.
///   - The template hash is computed from the entry's data for every bank. The log's own SHA-1 column is
///     never extended (docs/checks.md 21).
///   - A violation extends 0xff...
///   - A bank in `start.padded_banks` is extended with the SHA-1 template hash padded with zeros, as kernels
///     before 5.8 do, and later ones for banks whose hash was not loaded (docs/checks.md 22).
class ima_replay {
public:
  /// Continues from `start` in the banks and PCRs of `quoted`. fault conflict: `start` lacks a value of a PCR
  /// that IMA extends: begin at entry 0; denied: a PCR that IMA extends was not quoted; unsupported: a bank
  /// that we cannot compute.
  static result<ima_replay> begin(const log_state& start, const pcr_selection& quoted);

  /// fault denied: the entry names a PCR that was not quoted, so no quote covers it; conflict: it is the
  /// first entry of a PCR that no longer has the TPM's start value.
  status extend(const ima_entry& entry);

  std::uint64_t entries() const noexcept { return entries_; }
  /// The PCRs that IMA extended.
  std::uint32_t ima_pcrs() const noexcept { return ima_pcrs_; }

  /// One bank of the quote.
  struct lane {
    hash_algorithm bank = hash_algorithm::sha256;
    bool padded = false;
    std::uint32_t quoted = 0;
    std::size_t extends_with = 0; ///< index of the bank's own hash
    std::size_t hashes_with = 0;  ///< index of the hash of the template data: the bank's, or SHA-1
    std::array<crypto::digest, pcr_count> values;
  };
  const std::vector<lane>& lanes() const noexcept { return lanes_; }

private:
  struct slot {
    crypto::hasher hash;
    crypto::digest of_entry;
    bool fresh = false;
  };

  ima_replay() = default;
  std::size_t slot_of(hash_algorithm algorithm);
  byte_view template_hash(slot& s, const ima_entry& entry);
  void extend(lane& l, const ima_entry& entry);

  std::vector<slot> slots_;
  std::vector<lane> lanes_;
  std::uint32_t ima_pcrs_ = default_ima_pcrs;
  std::uint32_t quoted_ = 0;
  std::uint64_t entries_ = 0;
};

} // namespace muster::tpm
