// Whether an exported log is the one that its heads were signed over. Pure.
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
  std::size_t heads = 0;                 ///< that were looked at
  std::uint64_t proven = 0;              ///< the first so many records are those that were signed
  wall_time proven_at;                   ///< when that head was signed; of heads of one size the newest
  std::vector<std::string> acknowledged; ///< losses that an operator acknowledged, as the log itself records
  std::uint64_t losses = 0;              ///< that were acknowledged with the key
  std::uint64_t of_a_loss = 0;           ///< heads that contradict the log and are of one of them
  std::uint64_t smallest_of_a_loss = ~std::uint64_t{0};
  std::uint64_t unread = 0;  ///< records of which only the hash is there
  bool contradicted = false; ///< there are heads over more than what is proven, or records are missing
  /// Sentences; empty: of what the heads cover nothing was removed or changed, but for what was acknowledged.
  /// Of what came after the newest head nothing is known.
  std::vector<std::string> problems;
  std::uint64_t more_problems = 0; ///< that are not listed
};

/// Takes the lines of an export (rest::LogLine) and heads that were kept elsewhere, in any order, and judges
/// them together. Every leaf is hashed anew from its record; what the export says of hashes serves only to
/// name the record that was changed. What people and programs read of a line is rendered anew from the record
/// and compared. Of problems of one kind the first is told, with the number of the others.
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

  /// Heads that are no good in one way: the one that tells most, and how many there are.
  struct failed_heads {
    const kept_head* told = nullptr;
    std::uint64_t count = 0;
  };
  struct failures {
    failed_heads unsigned_ones; ///< the first
    failed_heads beyond;        ///< the largest: what it covers ends behind the log
    failed_heads unmet;         ///< the smallest: it bounds the place of the edit
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
    std::uint64_t count = 0; ///< of such breaks; the first is told
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
