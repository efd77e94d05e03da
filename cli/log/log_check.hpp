// Whether an exported log is the one over which its heads were signed. Pure.
#pragma once

#include "crypto/log_incarnations.hpp"
#include "crypto/merkle.hpp"
#include "schemas/records.capnp.h"
#include "schemas/rest.capnp.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::cli {

struct log_judgement {
  std::uint64_t leaves = 0;
  std::size_t heads = 0;                 ///< how many were looked at
  std::uint64_t proven = 0;              ///< the first so many records are exactly those signed
  wall_time proven_at;                   ///< when that head was signed; of several of that size, the newest
  std::vector<std::string> acknowledged; ///< losses that an operator acknowledged, as the log records
  std::uint64_t losses = 0;              ///< how many of them were acknowledged with the key
  std::uint64_t of_a_loss = 0;           ///< heads that contradict the log and belong to one of those losses
  std::uint64_t smallest_of_a_loss = ~std::uint64_t{0};
  std::uint64_t unread = 0;  ///< records of which only the hash is present
  bool contradicted = false; ///< some heads cover more than what is proven, or records are missing
  /// Sentences. Empty: of the records that the heads cover, none was removed or changed, except for
  /// acknowledged losses. Nothing is known about records after the newest head.
  std::vector<std::string> problems;
  std::uint64_t more_problems = 0; ///< not listed
};

/// Takes the lines of an export (rest::LogLine) and heads that were kept elsewhere, in any order, and judges
/// them together. Every leaf is hashed again from its record; the hashes in the export only serve to name the
/// record that was changed. The readable fields of a line are rendered again from the record and compared.
/// For each kind of problem, the first is reported with the number of the others.
class log_check {
public:
  /// Without `key` no signature is verified: a head is then as trustworthy as the place where it was kept.
  explicit log_check(std::optional<crypto::public_key> key) : key_{std::move(key)} {}

  /// fault malformed: not a line of an export.
  status add_line(std::string_view line);
  /// Takes the lines of a head file (rest::LogHead), or an agent's file `log_head`. `kept_in` is the file's
  /// name, for people. fault malformed, limit.
  status add_heads(byte_view content, const std::string& kept_in);

  log_judgement conclude() const;

private:
  struct kept_head {
    crypto::signed_log_head head;
    std::string kept_in;
    bool exported = false; ///< came from the export itself
  };

  /// Heads that fail in one way: how many, and the one that says most.
  struct failed_heads {
    const kept_head* told = nullptr;
    std::uint64_t count = 0;
  };
  struct failures {
    failed_heads unsigned_ones; ///< the first
    failed_heads beyond;        ///< the largest: it covers more records than the log has
    failed_heads unmet;         ///< the smallest: it narrows down the place of the change
  };

  void take_entry(rest::LogEntry::Reader in);
  void take_total(rest::LogTotal::Reader total);
  void take_numbers(rest::LogEntry::Reader in);
  void take_acknowledgement(records::AuditEntry::Reader in);
  void take_incarnation(records::AuditEntry::Reader in);
  bool was_acknowledged(const crypto::log_head& head) const;
  status take_head(rest::LogHead::Reader in, const std::string& kept_in, bool exported);
  void append(const bytes32& leaf);
  void note(std::string problem);
  void note_misread(const std::string& what, const std::string& why);
  void judge(const kept_head& one, log_judgement& out, failures& failed) const;
  std::vector<std::string> order_problems() const;
  void tell(const failures& failed, log_judgement& out) const;
  crypto::merkle_source source() const;

  std::optional<crypto::public_key> key_;
  crypto::merkle_frontier frontier_;
  std::vector<std::vector<bytes32>> levels_; ///< hashes of complete subtrees, by level
  std::vector<kept_head> heads_;
  std::vector<crypto::log_acknowledgement> acknowledged_;
  crypto::log_incarnations incarnations_;
  struct break_in_order {
    std::uint64_t expected = 0; ///< number that should have come
    std::uint64_t came = 0;
    std::uint64_t count = 0; ///< how many such breaks; the first is reported
  };
  break_in_order numbers_;
  break_in_order sequences_;
  std::uint64_t next_leaf_ = 0; ///< as the lines count
  std::uint64_t reach_ = 0;     ///< one more than the largest number
  std::uint64_t newest_sequence_ = 0;
  std::uint64_t misread_ = 0; ///< lines
  bool ended_ = false;
  log_judgement noted_;
};

} // namespace muster::cli
