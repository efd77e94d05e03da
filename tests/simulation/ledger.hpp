// What the world outside knows: what machines told, what people asked for, what they were answered.
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

/// What a record may say of one field of a node: what was acknowledged last, or what was asked for and not
/// answered since.
class field_history {
public:
  void asked(std::uint64_t question, std::string value) { open_[question] = std::move(value); }
  void answered(std::uint64_t question, bool done);
  /// Who would have answered is gone; what is on record is what counts.
  void begin_again(const std::string& on_record);
  bool may_be(const std::string& value) const;
  /// No longer known: any value is right until the next acknowledgement.
  void forget() { known_.reset(); }

private:
  std::optional<std::string> known_;
  std::map<std::uint64_t, std::string> open_;
};

struct node_history {
  field_history name;
  field_history group;
  bool revoked = false;        ///< acknowledged
  bool may_be_revoked = false; ///< asked for
  bool may_be_forgotten = false;
  std::set<std::uint64_t> forgetting; ///< questions: whatever was on record may be gone
  // Evidence that meets a move is dropped and asked for again.
  std::uint64_t moves = 0;         ///< asked for and answered
  std::set<std::uint64_t> moving;  ///< questions
  std::uint64_t challenged_ms = 0; ///< by then it had the newest challenge that it answered
  /// Implants that this boot of the machine told in evidence that was acknowledged.
  std::set<std::string> told;
  // Two hosts of this identity.
  bool second_host = false;     ///< one is there
  bool had_second_host = false; ///< or was
  bool alarm_due = false;       ///< a host was told so, and nothing failed since
  bool alarmed = false;         ///< on record
  std::uint64_t ends_asked = 0; ///< orders that end an alarm
  std::uint64_t ends = 0;       ///< of alarms
  /// Told in evidence that was delivered to the end in this process of the service; acknowledged or not.
  std::set<std::string> delivered;
};

class ledger {
public:
  std::map<node_id, node_history> nodes;
  std::set<std::string> excused;  ///< implants of which a reference may have been taught
  std::set<std::string> teachers; ///< beginnings of the implants of machines that teach by themselves
  std::uint64_t questions = 0;
  std::uint64_t process = 0; ///< counts processes of the service
  bool ending = false;       ///< that one stops, or is gone
  /// Questions without an answer, and the process that they were asked of.
  std::map<std::uint64_t, std::uint64_t> open;
  /// Of those, whom REST's bridge answers when it stops, before the actors do: they drop theirs.
  std::set<std::uint64_t> bridged;
  std::uint64_t restores = 0; ///< of the service's disk
  loss_history loss;          ///< of the newest of them

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
  /// The one who was asked is gone. A question that a living process has still to answer stays open.
  void gone(std::uint64_t question) {
    const auto found = open.find(question);
    if (found != open.end() && (ending || found->second != process)) open.erase(found);
  }
  void answer(std::uint64_t question) { open.erase(question); }

  bool is_bad(const std::set<std::string>& told) const;
  bool none_is_bad(std::set<std::string> node_history::*told) const;
};

} // namespace muster::simulation
