// The first entry of an IMA log, which ties the log to the boot before it.
#pragma once

#include "tpm/evidence/ima_verifier.hpp"

#include <optional>

namespace muster::tpm {

/// Entry 0: the first entry of PCR 10, which the kernel makes before any other program runs. An entry of
/// another PCR may precede it in the log, because nothing covers the order of entries of different PCRs.
/// Empty if the log does not begin at entry 0. The result has views of the log.
std::optional<ima_entry> first_measured(const verified_ima& log);

/// How entry 0 relates to the quoted boot PCRs (docs/checks.md 18). The zero value means that nothing is
/// known.
enum class aggregate_outcome : std::uint8_t {
  absent = 0,   ///< no entries, or entry 0 is something else
  bound = 1,    ///< equals the value recomputed from the quoted PCRs
  zero = 2,     ///< the TPM was not ready when IMA began: not bound to this boot
  differs = 3,  ///< from another boot, or forged
  unchecked = 4 ///< the PCRs that it covers were not quoted in its bank, or we do not know its hash
};

/// Compares entry 0 with H(PCR0 || ... || PCR7) for SHA-1, and with PCR0 to PCR9 for every other hash (Linux
/// 5.8 and later). Caller: `entry0` comes from `first_measured`.
aggregate_outcome compare_boot_aggregate(const ima_entry& entry0, const verified_pcrs& quoted);

/// The same for a verified log. `absent` if the log does not begin at entry 0.
aggregate_outcome compare_boot_aggregate(const verified_ima& log);

/// Whether entries named boot_aggregate are the kernel's: files can have that name, too. For a whole log: the
/// value that the PCRs give is computed once per hash, because nothing limits how many entries have that
/// name.
class genuine_aggregates {
public:
  /// `quoted` must outlive this object.
  explicit genuine_aggregates(const verified_pcrs& quoted) noexcept : quoted_{quoted} {}
  /// Whether the entry has the value that the quoted PCRs give.
  bool holds(const ima_entry& entry);
  /// Whether the entry may be the kernel's: true unless the quoted PCRs give another value. The PCRs of its
  /// bank may not have been quoted, because a kernel started by kexec chooses its own hash (ima_hash=).
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

/// Takes the entries of a list in order, beginning with entry `first` of the boot. It finds those that a
/// later kernel began with: one started by kexec, after the one that was booted.
class later_aggregates {
public:
  /// `genuine` must outlive this object.
  later_aggregates(genuine_aggregates& genuine, std::uint64_t first) noexcept
      : genuine_{genuine}, begun_{first != 0} {}
  bool has(const ima_entry& entry);

private:
  genuine_aggregates& genuine_;
  bool begun_; // an entry of PCR 10 came before
};

/// Index in the log of the first entry of PCR 10 after entry 0 that may be a boot_aggregate: a kexec carried
/// the list over. Any number of files with that name may precede it.
std::optional<std::uint64_t> first_later_aggregate(const verified_ima& log);

/// The bank whose PCRs 0 to 9 must be quoted, too, before the boot_aggregates can be checked: that of entry 0
/// or, after a kexec into a kernel with another hash, of a later one. Of several banks the first. Empty if
/// SHA-256 is enough, if they say nothing, or if we cannot compute that bank. Does not depend on what is
/// quoted, so the answer stays when that bank is.
std::optional<hash_algorithm> aggregate_bank_of(const verified_ima& log);

} // namespace muster::tpm
