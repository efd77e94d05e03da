// What is known outside the service: what machines reported,
// what operators asked for, and the answers they got.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "service/core.hpp"
#include "tests/simulation/loss_history.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace muster::simulation {

/// The values that one field of a node's record may have: the one acknowledged last, or one requested since
/// and not answered yet.
class field_history {
public:
  void asked(std::uint64_t question, std::string value) { open_[question] = std::move(value); }
  void answered(std::uint64_t question, bool done);
  /// The process that would have answered is gone; from now on the value on record is the known one.
  void begin_again(const std::string& on_record);
  bool may_be(const std::string& value) const;
  /// The value is unknown: any value is right until the next acknowledgement.
  void forget() { known_.reset(); }

private:
  std::optional<std::string> known_;
  std::map<std::uint64_t, std::string> open_;
};

struct node_history {
  field_history name;
  field_history group;
  bool revoked = false;        ///< a revocation was acknowledged
  bool may_be_revoked = false; ///< a revocation was requested
  bool may_be_forgotten = false;
  std::set<std::uint64_t> forgetting; ///< open questions; meanwhile the record may be gone
  // Evidence during a move is dropped and requested again.
  std::uint64_t moves = 0;         ///< counts requests and answers
  std::set<std::uint64_t> moving;  ///< open questions
  std::uint64_t challenged_ms = 0; ///< when it received the newest challenge that it answered
  /// Implants that this boot of the machine reported in acknowledged evidence.
  std::set<std::string> told;
  // Two hosts of this identity.
  bool second_host = false;     ///< there is one now
  bool had_second_host = false; ///< there is or was one
  bool alarm_due = false;       ///< a host was told that it was superseded, and failures have ended
  bool alarmed = false;         ///< an alarm is on record
  std::uint64_t ends_asked = 0; ///< orders that end an alarm
  std::uint64_t ends = 0;       ///< alarms that ended
  /// Implants in evidence that was completely delivered to this process of the service, acknowledged or not.
  std::set<std::string> delivered;
};

class ledger {
public:
  std::map<node_id, node_history> nodes;
  std::set<std::string> excused;  ///< implants that a reference may have learnt
  std::set<std::string> teachers; ///< prefixes of the implants of canaries, which teach by themselves
  std::uint64_t questions = 0;
  std::uint64_t process = 0; ///< counts processes of the service
  bool ending = false;       ///< the newest process is stopping, or is gone
  /// Questions without an answer, with the process that they were put to.
  std::map<std::uint64_t, std::uint64_t> open;
  /// Questions that came through REST's bridge. When the bridge stops it answers them itself, before the
  /// actors stop and drop them.
  std::set<std::uint64_t> bridged;
  std::uint64_t restores = 0; ///< restores of the service's disk so far
  loss_history loss;          ///< of the newest restore

  std::uint64_t ask() {
    open[++questions] = process;
    return questions;
  }
  std::uint64_t ask_through_bridge() {
    bridged.insert(ask());
    return questions;
  }
  void bridge_stopped() {
    std::erase_if(open, [this](const auto& one) { return bridged.contains(one.first); });
  }
  /// The actor that was asked is gone. A question that a living process still has to answer stays open.
  void gone(std::uint64_t question) {
    const auto found = open.find(question);
    if (found != open.end() && (ending || found->second != process)) open.erase(found);
  }
  void answer(std::uint64_t question) { open.erase(question); }

  bool is_bad(const std::set<std::string>& told) const;
  bool none_is_bad(std::set<std::string> node_history::*told) const;
};

} // namespace muster::simulation
