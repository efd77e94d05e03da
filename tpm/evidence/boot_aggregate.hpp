// The first line of an IMA log, which ties it to the boot before it.
#pragma once

#include "tpm/evidence/ima_verifier.hpp"

#include <optional>

namespace muster::tpm {

/// The first entry of PCR 10, which the kernel makes before anything else runs: entry 0 for all that follows.
/// An entry of another PCR may be told before it, for nothing covers their order. None if the log does not
/// begin at entry 0. Views of the log.
std::optional<ima_entry> first_measured(const verified_ima& log);

/// How entry 0 relates to the quoted boot PCRs (docs/checks.md 18). Zero is "nothing is known".
enum class aggregate_outcome : std::uint8_t {
  absent = 0,   ///< no entries, or entry 0 is something else
  bound = 1,    ///< recomputed from the quoted PCRs
  zero = 2,     ///< the TPM was not ready when IMA began: not bound to this boot
  differs = 3,  ///< of another boot, or forged
  unchecked = 4 ///< the PCRs that it covers were not quoted in its bank
};

/// Compares entry 0 with H(PCR0 || ... || PCR7) for SHA-1, PCR0 to PCR9 for every other hash (Linux 5.8 and
/// later). Caller: `entry0` is the `first_measured` one.
aggregate_outcome compare_boot_aggregate(const ima_entry& entry0, const verified_pcrs& quoted);

/// The same for a verified log. `absent` unless it begins at entry 0.
aggregate_outcome compare_boot_aggregate(const verified_ima& log);

/// Whether an entry by that name has the value that the quoted PCRs give, and so is the kernel's: a file can
/// have that name, too. For a whole log: what the PCRs give is computed once for each hash, since nothing
/// bounds how many entries have that name.
class genuine_aggregates {
public:
  /// `quoted` must outlive this object.
  explicit genuine_aggregates(const verified_pcrs& quoted) noexcept : quoted_{quoted} {}
  bool holds(const ima_entry& entry);
  /// Whether it may be the kernel's: unless the quoted PCRs give another value. Those of its bank need not be
  /// quoted: the kernel that a kexec starts chooses its hash anew (ima_hash=).
  bool may_hold(const ima_entry& entry);

private:
  const crypto::digest& of_pcrs(hash_algorithm algorithm);

  struct value {
    hash_algorithm algorithm;
    crypto::digest of_pcrs; ///< empty: they were not quoted in that bank
  };
  const verified_pcrs& quoted_;
  std::vector<value> values_;
};

/// Sees the entries of a list in their order, from entry `first` of the boot on: which of them another kernel
/// began with, after the one that was booted.
class later_aggregates {
public:
  /// `genuine` must live longer.
  later_aggregates(genuine_aggregates& genuine, std::uint64_t first) noexcept
      : genuine_{genuine}, begun_{first != 0} {}
  bool has(const ima_entry& entry);

private:
  genuine_aggregates& genuine_;
  bool begun_; // an entry of PCR 10 came before
};

/// Index in the log of the first entry of PCR 10 behind entry 0 that may be a boot_aggregate: a kexec carried
/// the list over. However many files of that name are before it.
std::optional<std::uint64_t> first_later_aggregate(const verified_ima& log);

/// The bank whose PCRs 0 to 9 must be quoted, too, before entry 0 can be checked; empty if SHA-256 does, if
/// entry 0 says nothing, or if we cannot compute that bank.
std::optional<hash_algorithm> aggregate_bank_of(const verified_ima& log);

} // namespace muster::tpm
