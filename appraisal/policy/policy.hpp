// How much findings weigh, what is skipped, and what must be proven: a plain value. Its identity is its
// digest (policy_codec.hpp).
#pragma once

#include "appraisal/policy/bound_value.hpp"
#include "appraisal/policy/buffer_rules.hpp"
#include "appraisal/policy/deny_list.hpp"
#include "appraisal/policy/judged_check.hpp"
#include "appraisal/policy/pattern.hpp"
#include "appraisal/policy/signature_rules.hpp"
#include "crypto/digest.hpp"
#include "messages/vocabulary/standing.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace muster::appraisal {

/// What a file that the reference does not know counts as. (The boot has one mode, strict: whatever is not
/// the reference's is a finding.)
enum class file_mode : std::uint8_t {
  strict = 0,    ///< an allow-list: "ima.unknown-file"
  known_only = 1 ///< counted only; a known path with other content is still a finding
};
constexpr file_mode last_of(file_mode) noexcept { return file_mode::known_only; }

/// What a measurement that IMA could not make counts as.
enum class violation_rule : std::uint8_t {
  judge = 0, ///< "ima.violation"
  count = 1  ///< counted as skipped
};
constexpr violation_rule last_of(violation_rule) noexcept { return violation_rule::count; }

enum class demand : std::uint8_t { none = 0, required = 1 };

/// What must be proven about IMA's policy (docs/checks.md 24). Each demand includes the ones before it.
enum class ima_policy_demand : std::uint8_t {
  any = 0,
  /// The kernel was told to measure files. Root may load another policy later, which nothing shows.
  command_line = 1,
  /// A known policy was read where init loads it. Root can arrange that it is read and not loaded.
  file = 2,
  /// The initial RAM disk read it, and no other policy can follow.
  initial_disk = 3
};

/// The digest of the event that measured a variable, as `muster eventlog` shows it.
struct variable_digest {
  hash_algorithm algorithm = hash_algorithm::sha256;
  crypto::digest value;

  friend bool operator==(const variable_digest&, const variable_digest&) = default;
};

/// What must be proven by digests that the quote covers. A claim that is not proven counts as wrong.
struct required_claims {
  static constexpr std::size_t max_digests = 64;
  static constexpr std::size_t max_patterns = 16;

  demand secure_boot = demand::none;    ///< Secure Boot is on
  demand boot_aggregate = demand::none; ///< the IMA log is bound to the boot (docs/checks.md 18)
  ima_policy_demand ima_policy = ima_policy_demand::any;
  std::uint64_t dbx_entries = 0;              ///< least number of entries in the list of forbidden signatures
  std::vector<variable_digest> dbx_digests;   ///< the list is one of these; empty: any
  std::vector<variable_digest> pk_digests;    ///< the same for PK
  std::vector<variable_digest> kek_digests;   ///< for KEK
  std::vector<variable_digest> db_digests;    ///< for db
  std::vector<variable_digest> mok_digests;   ///< every event of PCR 14 is one of these; empty: any
  demand no_option_roms = demand::none;       ///< nothing but the separator is in PCR 2
  demand unified_kernel = demand::none;       ///< PCR 11 has the section of a kernel (.linux)
  std::vector<pattern> command_line_matches;  ///< the kernel's command line matches all of these
  std::vector<pattern> command_line_excludes; ///< and none of these
  std::string firmware_at_least;              ///< "1.14.0"; empty: any

  friend bool operator==(const required_claims&, const required_claims&) = default;
};

struct policy {
  static constexpr std::size_t max_prefixes = 256;
  static constexpr std::size_t max_patterns = 64;

  policy();

  severity of(judged_check check) const noexcept { return levels[static_cast<std::size_t>(check)]; }
  severity& of(judged_check check) noexcept { return levels[static_cast<std::size_t>(check)]; }

  file_mode files = file_mode::strict;
  /// IMA entries under these directories are counted and skipped: places that hold data, not programs. A
  /// program that runs from there is not seen, so the default is empty. Absolute, without a slash at the end.
  std::vector<std::string> exclude;
  std::vector<pattern> exclude_matching; ///< the same for paths, made by `make_path_pattern`
  violation_rule violations = violation_rule::judge;
  /// The operator's word that these kernels take one IMA policy and no second one.
  bool ima_policy_closes = false;
  /// The operator's word that these parameters and commands leave IMA and its TPM alone (harmless_boot.hpp).
  std::vector<std::string> harmless_parameters;
  std::vector<std::string> harmless_commands;
  /// Bit i: besides PCR 10, IMA extends PCR i, because rules of the machines' IMA policies name it (`pcr=`).
  /// Only bits 11 to 14. This rests on the operator's word alone: no digest covers the PCR number of an
  /// entry.
  std::uint32_t ima_pcrs = 0;
  signature_rules signatures;
  buffer_rules buffers;
  std::array<severity, judged_check_count> levels; ///< see `of`
  required_claims require;
  /// A failure wherever it was used or booted, even if a reference knows it, a key signed it, or it is in a
  /// place that is skipped.
  deny_list denied;
  /// The operator's word for the value of a PCR whose log does not explain it. Any order; distinct values.
  std::vector<bound_value> bound;

  /// The best verdict that a machine can get, by who vouches for its EK. The index is `endorsement`.
  std::array<verdict, 5> cap = {verdict::none, verdict::warning, verdict::warning, verdict::affirming,
                                verdict::affirming};

  friend bool operator==(const policy&, const policy&) = default;
};

/// Whether `path` is `prefix` itself or below it: "/var/log" covers "/var/log/syslog", never "/var/logs".
/// A path with a ".." component is under no prefix. Linear.
bool under(std::string_view path, std::string_view prefix) noexcept;

/// Whether the policy skips a path as it is written. A path with a ".." component is never skipped.
bool excludes(const policy& p, std::string_view path);

/// How the policy names a path of a list.
enum class exclusion : std::uint8_t {
  none = 0,
  by_spelling = 1, ///< as the kernel writes a path that it excludes (kernel_name.hpp): another may be meant
  as_written = 2
};
exclusion exclusion_of(const policy& p, std::string_view logged);

/// What is wrong with the policy, in one sentence; empty if nothing is. Check this before the policy comes
/// into force.
std::string defect_of(const policy& p);

} // namespace muster::appraisal
