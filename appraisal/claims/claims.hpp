// What was verified about one boot of one machine. Nothing here is taken on anyone's word: claims come from
// verified evidence, or from the service's own record of such claims.
#pragma once

#include "crypto/digest.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "tpm/evidence/after_log.hpp"
#include "tpm/evidence/log_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace muster::appraisal {

/// A PCR value that a quote covers.
struct pcr_claim {
  hash_algorithm algorithm = hash_algorithm::sha256;
  std::uint8_t index = 0;
  crypto::digest value;

  friend bool operator==(const pcr_claim&, const pcr_claim&) = default;
};

/// One measured event of the boot log, in the bank of `boot_content::bank`. All text is safe to print.
struct boot_event {
  std::uint8_t pcr = 0;
  std::uint32_t type = 0;   ///< TCG PC Client Platform Firmware Profile, table 27; a hint
  std::uint32_t number = 0; ///< place in the log, the header event being 0, as tools count
  crypto::digest digest;    ///< covered by the quote
  std::string text;         ///< only if `digest` was recomputed from it (docs/checks.md 13), else empty
  std::string label;        ///< what kind of text, for example "kernel_cmdline"; a hint
  std::string hint;         ///< text of the log that no digest covers, for example a file's name

  friend bool operator==(const boot_event&, const boot_event&) = default;
};

/// What the variables of PCR 7 say, where their digests cover it.
enum class secure_boot : std::uint8_t { unknown = 0, off = 1, on = 2 };
constexpr secure_boot last_of(secure_boot) noexcept { return secure_boot::on; }

/// What is odd about the structure of a boot log (docs/checks.md 14 to 16). Policy judges it.
enum class boot_oddity_kind : std::uint8_t {
  separator_missing,          ///< a PCR of 0 to 7 has events and no separator
  separator_repeated,         ///< more than one: what counts as "before" can be forged
  separator_error,            ///< the firmware ended with an error value
  configuration_too_late,     ///< a Secure Boot variable in PCR 7 after the separator
  debug_mode,                 ///< "UEFI Debug Mode" in PCR 7
  validation_disabled,        ///< shim was told not to validate (MokSBState)
  exit_boot_services_missing, ///< the log ends before the operating system took over
  not_measured,               ///< the PCR still has its start value
  audit_mode,                 ///< the firmware starts what it should refuse, and only logs it
  uncovered,                  ///< an event in PCR 7 whose digest is not of its data
  separator_unknown           ///< a separator with a value that the specification does not have
};
constexpr boot_oddity_kind last_of(boot_oddity_kind) noexcept { return boot_oddity_kind::separator_unknown; }

struct boot_oddity {
  boot_oddity_kind kind = boot_oddity_kind::not_measured;
  std::uint8_t pcr = 0;
  std::string detail; ///< safe to print

  friend bool operator==(const boot_oddity&, const boot_oddity&) = default;
};

/// How entry 0 of the IMA log relates to the quoted boot PCRs (docs/checks.md 18).
enum class aggregate_claim : std::uint8_t {
  absent = 0,           ///< no IMA log, or no entry 0 in it
  bound = 1,            ///< recomputed from the quoted PCRs
  zero = 2,             ///< the TPM was not ready when IMA began: not bound
  differs = 3,          ///< another boot's, or forged
  unchecked = 4,        ///< the PCRs that it covers were not quoted
  bound_to_firmware = 5 ///< recomputed from PCR 0 to 7 alone, as in SHA-1: says nothing of PCR 8 and 9
};
constexpr aggregate_claim last_of(aggregate_claim) noexcept { return aggregate_claim::bound_to_firmware; }

/// What the IMA list says of the file that is IMA's policy (ima_policy_file.hpp).
enum class policy_file : std::uint8_t {
  absent = 0,  ///< the list does not have it
  first = 1,   ///< only init and what it maps came before it
  late = 2,    ///< other programs ran before it and may have loaded another policy, which is not measured
  changed = 3, ///< read with a second content, or written while it was read
  initial = 4, ///< read by the initial RAM disk, before anything on the machine's disk ran
  replaced = 5 ///< whatever it was, another kernel runs now (kexec) and measures what it was told to
};
constexpr policy_file last_of(policy_file) noexcept { return policy_file::replaced; }

struct ima_policy_claim {
  policy_file file = policy_file::absent;
  hash_algorithm algorithm = hash_algorithm::sha256;
  crypto::digest digest;    ///< of the first content; empty if absent
  std::uint8_t entries = 0; ///< in the list, at most 2; not the boot_aggregate of a later kernel
  hash_algorithm init_algorithm = hash_algorithm::sha256;
  crypto::digest init; ///< first program under init's name; empty if none ran where init should

  friend bool operator==(const ima_policy_claim&, const ima_policy_claim&) = default;
};

/// How one PCR bank that IMA extends was fed.
struct ima_bank_claim {
  hash_algorithm algorithm = hash_algorithm::sha256;
  bool padded_sha1 = false; ///< zero-padded SHA-1: no stronger than SHA-1 (docs/checks.md 22)

  friend bool operator==(const ima_bank_claim&, const ima_bank_claim&) = default;
};

/// A variable of Secure Boot: PK, KEK, db, dbx, dbt, dbr, or a mode of one byte (SecureBoot, AuditMode, ...).
struct variable_claim {
  std::string name;
  crypto::digest digest;     ///< of its event, in the bank of `boot_content::bank`
  std::uint64_t size = 0;    ///< bytes of its value
  std::uint64_t entries = 0; ///< signatures in it; 0 for a mode
  std::uint8_t mode = 0;     ///< the value, for a mode

  friend bool operator==(const variable_claim&, const variable_claim&) = default;
};

/// Why a boot log that the machine sent explains nothing.
enum class unused_log : std::uint8_t {
  none = 0,       ///< the machine sent none, or the log was compared
  sha1_only = 1,  ///< TCG's old format has SHA-1 only, which says nothing about quoted SHA-256 values
  other_banks = 2 ///< it has no bank, for each event, that was quoted and can be computed here
};
constexpr unused_log last_of(unused_log) noexcept { return unused_log::other_banks; }

/// The plain value of `boot_claims`: what the service records.
struct boot_content {
  /// Every quoted PCR except 10. A PCR that phases of systemd extended has the value that the boot log alone
  /// leads to: how far the system had come at the time of the quote is not a difference between machines.
  std::vector<pcr_claim> pcrs;
  bool has_log = false;                         ///< there is a log, compared with the quoted values
  unused_log unused = unused_log::none;         ///< why a log that was sent was not compared
  hash_algorithm bank = hash_algorithm::sha256; ///< of the digests of `events`
  std::vector<boot_event> events;               ///< in the order of the log, without EV_NO_ACTION
  std::vector<tpm::after_log> after_log;        ///< PCRs that were extended after the log, by index
  /// Bit i: the log has events of PCR i that lead to another value than the quoted one. `events` has none of
  /// them, and nothing but the value is known of the PCR (by_value.hpp).
  std::uint32_t by_value = 0;
  std::vector<boot_oddity> oddities;
  secure_boot secure = secure_boot::unknown;
  std::vector<variable_claim> variables;   ///< of Secure Boot, before the separator, covered by a digest
  std::optional<std::string> command_line; ///< of the kernel, if a digest covers it; safe to print
  aggregate_claim aggregate = aggregate_claim::absent;
  std::vector<ima_bank_claim> ima_banks;
  ima_policy_claim ima_policy;
  /// Bit i: PCR i is PCR 10, or its quoted value is what entries of the IMA log lead to, by the PCR numbers
  /// in these entries.
  std::uint32_t ima_pcrs = tpm::default_ima_pcrs;

  /// The variable of that name; null if nothing proves its value.
  const variable_claim* variable(std::string_view name) const noexcept;
  /// Whether nothing explains the value of that PCR. `events` then has no event of it.
  bool unexplained(unsigned pcr) const noexcept;

  friend bool operator==(const boot_content&, const boot_content&) = default;
};

/// Verified claims. Made by `claims_from_evidence` (see boot_evidence.hpp) and by `claims_from_record` only.
class boot_claims {
public:
  const boot_content& get() const noexcept { return content_; }
  const boot_content* operator->() const noexcept { return &content_; }
  /// The value of a PCR of that bank; null if it was not quoted.
  const crypto::digest* pcr(hash_algorithm bank, unsigned index) const noexcept;

private:
  friend class claims_maker;
  friend boot_claims claims_from_record(boot_content content);
  explicit boot_claims(boot_content content) noexcept : content_{std::move(content)} {}
  boot_content content_;
};

/// Claims that this service verified earlier and recorded. The caller guarantees that `content` comes from
/// such a record, never from a message.
boot_claims claims_from_record(boot_content content);

} // namespace muster::appraisal
