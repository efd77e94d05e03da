// Whether an exported log is the one that its heads were signed over. Pure.
#pragma once

#include "crypto/log_head.hpp"
#include "crypto/merkle.hpp"
#include "schemas/rest.capnp.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::cli {

struct log_judgement {
  std::uint64_t leaves = 0;
  std::size_t heads = 0;                 ///< that were looked at
  std::uint64_t proven = 0;              ///< the first so many records are those that were signed
  wall_time proven_by;                   ///< when that head was signed
  std::vector<std::string> acknowledged; ///< losses that an operator acknowledged, as the log itself records
  std::uint64_t of_a_loss = 0;           ///< heads that contradict the log, smaller than an acknowledged one
  std::uint64_t smallest_of_a_loss = ~std::uint64_t{0};
  std::vector<std::string> problems; ///< sentences; empty: nothing was removed or changed
  std::uint64_t more_problems = 0;   ///< that are not listed
};

/// Takes the lines of an export (rest::LogLine) and heads that were kept elsewhere, in any order, and judges
/// them together. Every leaf is hashed anew from its record; what the export says of hashes serves only to
/// name the record that was changed.
class log_check {
public:
  /// Without `key` no signature is verified: a head is then as good as the place where it was kept.
  explicit log_check(std::optional<crypto::public_key> key) : key_{std::move(key)} {}

  /// fault malformed: not a line of an export.
  status add_line(std::string_view line);
  /// Lines of a head file (rest::LogHead), or an agent's file `log_head`. `kept_in` is its name, for people.
  /// fault malformed, limit.
  status add_heads(byte_view content, const std::string& kept_in);

  log_judgement conclude() const;

private:
  struct kept_head {
    crypto::signed_log_head head;
    std::string kept_in;
    bool exported = false; ///< stood in the export itself
  };

  void take_entry(rest::LogEntry::Reader in);
  void take_acknowledgement(byte_view record);
  bool was_acknowledged(const crypto::log_head& head) const;
  bool signed_before_a_loss(const crypto::log_head& head) const;
  status take_head(rest::LogHead::Reader in, const std::string& kept_in, bool exported);
  void append(const bytes32& leaf);
  void note(std::string problem);
  void judge(const kept_head& one, log_judgement& out) const;
  crypto::merkle_source source() const;

  std::optional<crypto::public_key> key_;
  crypto::merkle_frontier frontier_;
  std::vector<std::vector<bytes32>> levels_; ///< hashes of complete subtrees, by level
  std::vector<kept_head> heads_;
  std::vector<crypto::log_acknowledgement> acknowledged_;
  std::uint64_t newest_sequence_ = 0;
  bool ended_ = false;
  log_judgement noted_;
};

} // namespace muster::cli
