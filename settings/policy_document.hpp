// A policy as the operator writes it, with each value checked. It is a file of its own, which may have a
// parent, or the section `policy` of service.yaml. A missing value comes from the parent, or is the default.
#pragma once

#include "messages/vocabulary/finding.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"
#include "messages/vocabulary/standing.hpp"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muster::settings {

class section;

enum class unknown_files : std::uint8_t { strict, known_only };
enum class unmeasured_files : std::uint8_t { count, note, warning, failure };
enum class claim_demand : std::uint8_t { any, required };
enum class ima_policy_demand : std::uint8_t { any, command_line, file, required };

/// "sha256:9843d5...", in lower case, as findings print it.
struct stated_digest {
  hash_algorithm algorithm = hash_algorithm::sha256;
  std::vector<std::uint8_t> value;

  friend bool operator==(const stated_digest&, const stated_digest&) = default;
};

/// require.*
struct policy_demands {
  std::optional<claim_demand> secure_boot;
  std::optional<claim_demand> boot_aggregate;
  std::optional<ima_policy_demand> ima_policy;
  std::optional<std::uint64_t> dbx_entries;               ///< require.dbx.entries; 0: any number
  std::optional<std::vector<stated_digest>> dbx_digests;  ///< require.dbx.digests
  std::optional<std::vector<stated_digest>> pk_digests;   ///< require.pk
  std::optional<std::vector<stated_digest>> kek_digests;  ///< require.kek
  std::optional<std::vector<stated_digest>> db_digests;   ///< require.db
  std::optional<std::vector<stated_digest>> mok_digests;  ///< require.mok
  std::optional<claim_demand> no_option_roms;             ///< require.no_option_roms
  std::optional<claim_demand> unified_kernel;             ///< require.unified_kernel
  std::optional<std::vector<std::string>> matches;        ///< require.command_line.matches
  std::optional<std::vector<std::string>> must_not_match; ///< require.command_line.must_not_match
  std::optional<std::string> firmware;                    ///< require.firmware.at_least; "any": none

  friend bool operator==(const policy_demands&, const policy_demands&) = default;
};

enum class file_signatures : std::uint8_t { off, accept };

/// ima.signatures
struct signature_demands {
  std::optional<file_signatures> mode;
  std::optional<std::vector<std::string>> keys;    ///< as `policy_grammar::key_file` read the named files
  std::optional<std::vector<std::string>> require; ///< patterns of paths

  friend bool operator==(const signature_demands&, const signature_demands&) = default;
};

/// "NAME sha256:9843d5..." or "NAME any".
struct stated_buffer {
  std::string name;
  std::optional<std::vector<std::uint8_t>> digest; ///< empty: any content

  friend bool operator==(const stated_buffer&, const stated_buffer&) = default;
};

/// ima.buffers
struct buffer_demands {
  std::optional<std::vector<stated_buffer>> keyrings;
  std::optional<std::vector<stated_buffer>> critical_data;
  std::optional<std::vector<std::string>> kexec_cmdline; ///< patterns

  friend bool operator==(const buffer_demands&, const buffer_demands&) = default;
};

/// "sha256:9843d5... CVE-2026-1234": the text after the first blank is the reason.
struct stated_denial {
  stated_digest digest;
  std::string reason;

  friend bool operator==(const stated_denial&, const stated_denial&) = default;
};

/// The PCRs whose value a policy may bind: what is the same on all machines with one firmware. PCR 4 and 5
/// hold what a machine's disk has.
inline constexpr std::uint32_t bindable_pcrs = 0xcf;

/// "0 sha256:9843d5... Example Corp. Model 5": the text after the second blank names the model.
struct stated_bound_value {
  std::uint8_t pcr = 0;
  stated_digest digest;
  std::string model;

  friend bool operator==(const stated_bound_value&, const stated_bound_value&) = default;
};

/// endorsement.*: the best possible verdict for each way in which the EK is vouched for.
struct best_verdicts {
  std::optional<verdict> inventory;
  std::optional<verdict> vendor;
  std::optional<verdict> token;
  std::optional<verdict> operator_approved;

  friend bool operator==(const best_verdicts&, const best_verdicts&) = default;
};

/// The PCRs that IMA may extend besides PCR 10. They belong to the operating system, the others to the
/// firmware.
inline constexpr unsigned first_ima_pcr = 11;
inline constexpr unsigned last_ima_pcr = 14;

/// An empty optional means that the policy does not state the value. A list replaces the parent's list as a
/// whole, except `deny`, which adds to the parent's.
struct policy_document {
  static constexpr std::size_t max_list = 256;

  std::string file; ///< the name that faults begin with
  std::optional<std::string> parent;
  unsigned parent_line = 0;                                    ///< of `parent`
  std::optional<unknown_files> files;                          ///< ima.mode
  std::optional<std::vector<std::string>> exclude;             ///< ima.exclude: directories
  std::optional<std::vector<std::string>> exclude_matching;    ///< ima.exclude_matching: patterns
  std::optional<unmeasured_files> violations;                  ///< ima.violations
  std::optional<bool> policy_closes;                           ///< ima.policy_closes
  std::optional<std::vector<std::string>> harmless_parameters; ///< ima.harmless_parameters: names
  std::optional<std::vector<std::string>> harmless_commands;   ///< ima.harmless_commands: names
  std::optional<std::uint32_t> ima_pcrs;                       ///< ima.pcrs: bit i is PCR i
  signature_demands signatures;
  buffer_demands buffers;
  std::map<std::string, severity> severities; ///< by name of the check
  policy_demands require;
  best_verdicts best;
  std::vector<stated_denial> deny;
  std::optional<std::vector<stated_bound_value>> bound_values;

  friend bool operator==(const policy_document&, const policy_document&) = default;
};

/// A check whose severity a policy may set; `least` is the lowest that it may choose.
struct weighable_check {
  std::string_view name;
  severity least = severity::note;
};

/// What this folder cannot know about the values of a policy. Each function returns the text to keep, or a
/// fault that says what is wrong.
struct policy_grammar {
  std::span<const weighable_check> checks;
  std::function<result<std::string>(std::string_view)> directory; ///< to skip; its path is well-formed
  std::function<result<std::string>(std::string_view)> path_pattern;
  std::function<result<std::string>(std::string_view)> text_pattern;
  std::function<result<std::string>(std::string_view)> version;
  std::function<result<std::string>(std::string_view)> key_file; ///< takes a file name; returns its content
  std::size_t most_path_patterns = 0;
  std::size_t most_text_patterns = 0;
  std::size_t most_digests = 0;
  std::size_t most_keys = 0;
  std::size_t most_denials = 0;
  std::size_t longest_reason = 0;
};

/// Reads all keys of a policy except `version` and `parent`, which only a file of its own has.
void read_policy(section& in, policy_document& out, const policy_grammar& grammar);

/// The version of the format, which every file states.
inline constexpr std::uint64_t policy_format = 1;

/// `file` is the name that faults begin with; `text` is its content. The fault has one line for each problem.
result<policy_document> parse_policy_document(std::string_view file, std::string_view text,
                                              const policy_grammar& grammar);

} // namespace muster::settings
