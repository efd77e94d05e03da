// The properties that must hold in a life.
#include "messages/view.hpp"
#include "records/record_codec.hpp"
#include "schemas/rest.capnp.h"
#include "tests/simulation/life.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

namespace muster::simulation {

using namespace service;
using namespace std::chrono_literals;

namespace {

bool is_good(const std::string& shown) {
  return shown == "trusted" || shown == "warning" || shown == "stale";
}

std::string findings_of(const store_reader& reader, const node_id& id) {
  const auto snapshot = reader.snapshot(id);
  if (!snapshot || !snapshot->state) return ": it has no state";
  const auto state = state_from(*snapshot->state).value();
  std::string out;
  for (const auto& one : state.findings)
    out += "; " + std::string{one.check} + " " + one.subject;
  return out;
}

} // namespace

/// Asks, lets a second pass, and returns the answer. Empty: a property was violated meanwhile.
template <class Answer, class Handle, class... Message>
std::optional<Answer> life::ask(const Handle& whom, Message... message) {
  caf::scoped_actor self{world_.system()};
  auto asked = self->request(whom, caf::infinite, std::move(message)...);
  quiet_for(1s);
  if (!wrong_.empty()) return std::nullopt;
  std::optional<Answer> out;
  asked.receive([&](const Answer& done) { out = done; }, [](const caf::error&) { FAIL("no answer"); });
  return out;
}

void life::look() {
  caf::scoped_actor self{world_.system()};
  auto asked = self->request(service_->core().cache, caf::infinite, node_query{});
  world_.run_alone(service_->core().cache);
  shown_.clear();
  asked.receive(
      [&](const rest_answer& answer) {
        const auto page = parse_view<rest::NodeList>(answer.value()).value();
        page.read([&](rest::NodeList::Reader in) {
          for (const auto one : in.getNodes())
            shown_.push_back({*node_id_from(text_of(one.getId())), std::string{text_of(one.getName())},
                              std::string{text_of(one.getGroup())}, std::string{text_of(one.getShown())},
                              one.getConnected()});
        });
      },
      [](const caf::error&) { FAIL("the cache does not answer"); });
  check_leases();
}

/// A machine that has answered no challenge within a lease is not trusted.
void life::check_leases() {
  const auto now = world_.now_ms();
  for (const auto& one : shown_)
    if ((one.shown == "trusted" || one.shown == "warning")
        && now > book_.nodes[one.id].challenged_ms + static_cast<std::uint64_t>(lease.count()))
      wrong(to_string(one.id) + " is shown as " + one.shown
            + ", and has answered nothing for longer than a lease");
}

/// Names and groups on record are those that operators were told, or may still be told.
void life::check_records() {
  std::map<std::string, node_id> names;
  for (auto& [id, node] : book_.nodes) {
    const auto stored = service_->reader().get<tables::nodes>(id);
    if (!stored) { // its alarm is gone as well
      node.alarmed = false;
      continue;
    }
    const auto record = node_from(id, *stored).value();
    if (!record.name.empty() && !names.emplace(record.name, id).second)
      wrong("two machines are called " + record.name);
    const bool certain = node.forgetting.empty();
    if (certain && !node.name.may_be(record.name))
      wrong("the name of " + to_string(id) + " is " + record.name);
    if (certain && !node.group.may_be(record.group))
      wrong("the group of " + to_string(id) + " is " + record.group);
    if (node.revoked && record.standing != standing::revoked)
      wrong(to_string(id) + " is not revoked any more");
    check_alarm(id, node);
  }
  check_shown();
}

/// The alarm is raised only for two hosts, caps the verdict, and is ended only by operators.
void life::check_alarm(const node_id& id, node_history& node) {
  const auto snapshot = service_->reader().snapshot(id).value();
  if (!snapshot.state) return;
  const auto state = state_from(*snapshot.state).value();
  const bool before = std::exchange(node.alarmed, state.alarm.has_value());
  if (state.alarm && !node.had_second_host)
    wrong(to_string(id) + " has the alarm of two hosts, and is one: " + state.alarm->found);
  if (state.alarm && state.verdict == verdict::affirming)
    wrong(to_string(id) + " has the alarm of two hosts, and the verdict affirming");
  if (before && !state.alarm && ++node.ends > node.ends_asked)
    wrong("the alarm of " + to_string(id) + " ended without an operator");
}

/// Once a machine has shown that records are missing, no machine looks good
/// until an operator acknowledges the loss.
void life::check_loss() {
  const auto now = book_.loss.now();
  const bool rolled_back = service_->core().board->rolled_back();
  if (now == loss_history::state::none && rolled_back)
    wrong("no record was lost, and the service is rolled back");
  const bool one_loss =
      book_.restores == 1 && plot_.jumps_one_in + plot_.crashes_one_in + plot_.stops_one_in == 0;
  if (now == loss_history::state::acknowledged && one_loss && rolled_back)
    wrong("the loss was acknowledged, and the service is rolled back");
  if (now != loss_history::state::noticed) return;
  if (!rolled_back) wrong("records were lost, and the service is not rolled back");
  look();
  for (const auto& one : shown_)
    if (one.shown == "trusted" || one.shown == "warning")
      wrong("records were lost, and " + to_string(one.id) + " is shown as " + one.shown);
}

/// A machine is shown no better than its acknowledged evidence of this boot allows.
void life::check_shown() {
  check_loss();
  if (book_.none_is_bad(&node_history::told)) return;
  look();
  for (const auto& one : shown_)
    if (is_good(one.shown) && book_.is_bad(book_.nodes[one.id].told))
      wrong(to_string(one.id) + " reported an implant, and is shown as " + one.shown);
}

/// Checked when no actor can run, except one that a hanging disk holds. Delivered evidence counts, whether it
/// could be stored or not.
void life::check_lull() {
  check_questions();
  if (!serves()) return;
  check_loss();
  for (std::size_t i = 0; i < machines_.size(); ++i)
    check_greeting(machines_[i], views_[i]);
  for (const auto& one : seconds_)
    check_greeting(one.host, one.view);
  if (book_.none_is_bad(&node_history::delivered)) return;
  look();
  for (const auto& one : shown_) {
    const auto& node = book_.nodes[one.id];
    if (!book_.is_bad(node.delivered)) continue;
    if (is_good(one.shown) && !node.may_be_forgotten)
      wrong(to_string(one.id) + " delivered an implant, and is shown as " + one.shown);
    const auto snapshot = service_->reader().snapshot(one.id).value();
    news_waited_ =
        news_waited_ || (snapshot.state && state_from(*snapshot.state)->verdict == verdict::affirming);
  }
}

/// A machine that says hello from another boot than the one on record
/// has no lease, even while its hello waits.
void life::check_greeting(const attester& host, const agent_view& view) {
  if (!view.greeting) return;
  const auto id = host.keys.id();
  const auto snapshot = service_->reader().snapshot(id).value();
  if (!snapshot.node || !snapshot.state) return;
  const auto state = state_from(*snapshot.state).value();
  if (!state.boot || *state.boot == *view.greeting) return;
  if (!same(node_from(id, *snapshot.node)->node_spki, host.keys.tls_key().pub().spki())) return;
  look();
  const auto found = std::ranges::find(shown_, id, &shown_node::id);
  if (found != shown_.end() && (found->shown == "trusted" || found->shown == "warning"))
    wrong(to_string(id) + " says hello from another boot, and is shown as " + found->shown);
}

/// A process that ended has answered all its questions.
void life::check_questions() {
  for (const auto& [question, process] : book_.open)
    if (process < book_.process || service_ == nullptr)
      wrong("question " + std::to_string(question) + " was not answered before a stop ended");
}

/// Every name is either free or taken by a machine that is shown.
void life::check_names() {
  for (const std::string name : machine_names) {
    if (!wrong_.empty()) return;
    look();
    const auto owner = std::ranges::find(shown_, name, &shown_node::name);
    const auto other = std::ranges::find_if(
        shown_, [&](const auto& one) { return one.name != name && one.shown != "revoked"; });
    if (other == shown_.end()) return;
    const bool taken = owner != shown_.end();
    book_.nodes[other->id].name.forget();
    const auto done =
        ask<change_reply>(service_->core().trust, naming{other->id, name, std::string{"check"}});
    if (done && done->ok() == taken)
      wrong("the name " + name
            + (taken ? " is given twice" : " is free, and is refused: " + done->fault().check));
  }
}

/// Acknowledges every loss as an operator would. One acknowledgement ends each loss.
void life::end_losses() {
  quiet_for(5s);
  for (int round = 0; round < 4 && wrong_.empty() && service_->core().board->rolled_back(); ++round) {
    for (const auto& one : standing_losses(service_->reader())) {
      book_.loss.asked();
      const auto done =
          ask<commit_outcome>(service_->core().record_log, loss_acknowledgement{one, std::string{"check"}});
      if (done && !*done) wrong("a loss cannot be acknowledged: " + done->fault().check);
      if (done) book_.loss.answered(done->ok());
    }
    quiet_for(3s);
  }
  if (wrong_.empty() && service_->core().board->rolled_back())
    wrong("the service is rolled back, and no loss can be acknowledged");
}

/// Two live hosts raise an alarm. Once the second is stopped, the acknowledgement ends the alarm.
void life::end_alarms() {
  check_second_hosts();
  stop_second_hosts();
  quiet_for(8s);
  for (auto& [id, node] : book_.nodes) {
    if (!wrong_.empty() || !node.alarmed) continue;
    ++node.ends_asked;
    const auto done =
        ask<change_reply>(service_->core().trust, alarm_acknowledgement{id, std::string{"check"}});
    if (done && !*done) wrong("an alarm cannot be acknowledged: " + done->fault().check);
  }
  quiet_for(5s);
  for (const auto& [id, node] : book_.nodes)
    if (node.alarmed) wrong("the alarm of " + to_string(id) + " was acknowledged, and is still there");
}

void life::check_second_hosts() {
  look();
  for (const auto& one : shown_) {
    const auto& node = book_.nodes[one.id];
    if (one.shown == "revoked") continue;
    // If the machine was forgotten meanwhile, the alarm may be gone with its
    // record, and either host may get in again.
    const bool due = (node.alarm_due || node.second_host) && !node.may_be_forgotten;
    if (due && !node.alarmed) wrong("two hosts use " + to_string(one.id) + ", and there is no alarm");
    if (node.alarmed && one.shown == "trusted")
      wrong(to_string(one.id) + " has the alarm of two hosts, and is shown as trusted");
  }
}

void life::check_end() {
  look();
  for (const auto& [question, process] : book_.open)
    wrong("question " + std::to_string(question) + " was not answered");
  for (std::size_t i = 0; i < machines_.size(); ++i)
    check_machine(i);
}

void life::check_machine(std::size_t which) {
  const auto& machine = machines_[which];
  const auto id = machine.keys.id();
  const auto& node = book_.nodes[id];
  const auto found = std::ranges::find(shown_, id, &shown_node::id);
  if (found == shown_.end()) {
    if (!node.may_be_revoked || !node.may_be_forgotten) wrong("nothing is shown of " + to_string(id));
    return;
  }
  const std::set<std::string> used{machine.implants.begin(), machine.implants.end()};
  const bool revoked = found->shown == "revoked";
  if (node.revoked && !revoked) wrong(to_string(id) + " was revoked, and is shown as " + found->shown);
  if (revoked) {
    if (!node.revoked && !node.may_be_revoked)
      wrong(to_string(id) + " is shown as revoked, and no operator revoked it");
    return;
  }
  if (!views_[which].connected) wrong(to_string(id) + " does not get in");
  if (!found->connected) wrong(to_string(id) + " is in, and is shown as absent");
  // These implants may have been taught to a reference, so the machine may be shown as good or as bad.
  if (!used.empty() && !book_.is_bad(used)) return;
  const auto* expected = book_.is_bad(used) ? "untrusted" : "trusted";
  if (found->shown != expected)
    wrong(to_string(id) + " is shown as " + found->shown + ", and should be " + expected
          + findings_of(service_->reader(), id));
}

} // namespace muster::simulation
