#include "tests/simulation/operators.hpp"

#include "records/log_alarm.hpp"
#include "records/record_codec.hpp"

#include <caf/all.hpp>

namespace muster::simulation {

using namespace service;

namespace {

const std::string by = "uid=0 pid=1";

void note_open(std::set<std::uint64_t>& open, std::uint64_t question, std::optional<bool> done) {
  if (done)
    open.erase(question);
  else
    open.insert(question);
}

} // namespace

std::vector<head_name> standing_losses(const store_reader& reader) {
  std::vector<head_name> out;
  const auto page = reader.page<tables::log_alarms>(std::nullopt, 256);
  for (const auto& one : page.value())
    if (const auto alarm = alarm_from(one.record.value()); alarm.value().stands()) out.push_back(alarm->name);
  return out;
}

void operators_state::begin(self_pointer self, surroundings& around, std::vector<attester>& machines,
                            const habits& how) {
  self_ = self;
  around_ = &around;
  machines_ = &machines;
  how_ = &how;
  self_->send(self_, go_atom::value);
}

void operators_state::go() {
  auto& dice = around_->in.dice();
  const auto pause = how_->pause;
  const auto most = static_cast<std::size_t>(pause.count());
  if (around_->service != nullptr && most != 0)
    for (auto deeds = 1 + dice.below(3); deeds > 0; --deeds)
      act();
  self_->delayed_send(self_, std::chrono::milliseconds{most == 0 ? 1000 : 1 + dice.below(most)},
                      go_atom::value);
}

void operators_state::act() {
  auto& dice = around_->in.dice();
  const auto& one = (*machines_)[dice.below(machines_->size())];
  switch (dice.below(16)) {
  case 0:
  case 1:
  case 2:
  case 3: return rename(one);
  case 4:
  case 5:
  case 6: return move(one);
  case 7:
  case 8: return attest(one);
  case 9: return acknowledge(one);
  case 10:
  case 11: return approve(one);
  case 12: return how_->revokes ? revoke(one) : rename(one);
  case 13: return how_->forgets ? forget(one) : move(one);
  case 14: return how_->reloads ? reload() : acknowledge(one);
  default: return how_->teaches ? accept(one) : how_->campaigns ? campaign(one) : attest(one);
  }
}

/// Asks TrustMgr for a change. Calls `then` at once without an outcome, and again with the answer.
template <class Then, class... Message> void operators_state::change(Then then, Message... message) {
  auto& book = around_->book;
  const auto question = book.ask();
  then(question, std::optional<bool>{});
  self_->request(around_->service->core().trust, caf::infinite, std::move(message)...)
      .then(
          [this, question, then](const change_reply& done) {
            around_->book.answer(question);
            then(question, std::optional{done.ok()});
          },
          [this, question](const caf::error&) { around_->book.gone(question); }); // may have been done
}

void operators_state::rename(const attester& one) {
  const auto id = one.keys.id();
  const std::string name = around_->in.dice().of(machine_names);
  change(
      [this, id, name](std::uint64_t question, std::optional<bool> done) {
        auto& field = around_->book.nodes[id].name;
        done ? field.answered(question, *done) : field.asked(question, name);
      },
      naming{id, name, by});
}

void operators_state::move(const attester& one) {
  const auto id = one.keys.id();
  const std::string group = around_->in.dice().of(group_names);
  change(
      [this, id, group](std::uint64_t question, std::optional<bool> done) {
        auto& node = around_->book.nodes[id];
        ++node.moves;
        note_open(node.moving, question, done);
        node.delivered.clear();
        done ? node.group.answered(question, *done) : node.group.asked(question, group);
      },
      group_move{id, group, by});
}

void operators_state::revoke(const attester& one) {
  const auto id = one.keys.id();
  change(
      [this, id, restores = around_->book.restores](std::uint64_t, std::optional<bool> done) {
        around_->book.nodes[id].may_be_revoked = true;
        // An answer that comes after a restore is about a record that is gone.
        if (done && *done && restores == around_->book.restores) around_->book.nodes[id].revoked = true;
      },
      revocation{id, std::string{"stolen"}, by});
}

void operators_state::forget(const attester& one) {
  const auto id = one.keys.id();
  change(
      [this, id](std::uint64_t question, std::optional<bool> done) {
        auto& node = around_->book.nodes[id];
        node.may_be_forgotten = true;
        if (!done) ++node.ends_asked;
        note_open(node.forgetting, question, done);
        node.name.forget();
        node.group.forget();
      },
      removal{id, by});
}

void operators_state::acknowledge(const attester& one) {
  if (const auto lost = standing_losses(around_->service->reader()); !lost.empty())
    return acknowledge_loss(lost.front());
  const auto id = one.keys.id();
  change(
      [this, id](std::uint64_t, std::optional<bool> done) {
        if (!done) ++around_->book.nodes[id].ends_asked;
      },
      alarm_acknowledgement{id, by});
}

void operators_state::acknowledge_loss(const head_name& shown_by) {
  const auto question = around_->book.ask_through_bridge();
  around_->book.loss.asked();
  self_->request(around_->service->core().record_log, caf::infinite, loss_acknowledgement{shown_by, by})
      .then(
          [this, question](const commit_outcome& done) {
            around_->book.answer(question);
            around_->book.loss.answered(done.ok());
          },
          [this, question](const caf::error&) { around_->book.gone(question); });
}

void operators_state::approve(const attester& one) {
  const auto id = one.keys.id();
  const auto stored = around_->service->reader().get<tables::nodes>(id);
  if (!stored) return;
  const auto node = node_from(id, *stored);
  if (!node || !node->candidate) return;
  auto& dice = around_->in.dice();
  const std::string name = dice.of(machine_names);
  const std::string group = dice.of(group_names);
  change(
      [this, id](std::uint64_t, std::optional<bool>) {
        // The admission sets both, whenever the machine returns.
        around_->book.nodes[id].name.forget();
        around_->book.nodes[id].group.forget();
      },
      approval{id,
               muster::to_bytes(fingerprint_of(node->candidate->ek_public, node->candidate->ak_public,
                                               node->candidate->node_spki)),
               group, name, by});
}

void operators_state::attest(const attester& one) {
  command_request order;
  order.node = one.keys.id();
  order.kind = command_kind::attest;
  order.within = std::chrono::seconds{1 + around_->in.dice().below(10)};
  order.by = by;
  const auto question = around_->book.ask();
  self_->request(around_->service->core().trust, caf::infinite, order)
      .then([this, question](const command_reply&) { around_->book.answer(question); },
            [this, question](const caf::error&) { around_->book.gone(question); });
}

void operators_state::accept(const attester& one) {
  const std::string group = around_->in.dice().of(group_names);
  // Every implant of this boot may be in a reference from now on.
  for (const auto& path : one.implants)
    around_->book.excused.insert(path);
  const auto question = around_->book.ask_through_bridge();
  self_
      ->request(
          around_->service->core().references, caf::infinite,
          accept_request{
              group, one.keys.id(), {}, by, around_->in.dice().one_in(2) ? guard::holds : guard::overruled})
      .then([this, question](const rest_answer&) { around_->book.answer(question); },
            [this, question](const caf::error&) { around_->book.gone(question); });
}

/// A canary teaches all files that it uses while its campaign is open.
void operators_state::begin_campaign(const attester& canary) {
  auto& dice = around_->in.dice();
  around_->book.teachers.insert(canary.name_of_implants());
  campaign_request plan;
  plan.group = dice.of(group_names);
  plan.canaries = {canary.keys.id()};
  plan.approval = dice.one_in(3);
  plan.stage_for = std::chrono::seconds{1 + dice.below(20)};
  plan.automation = static_cast<campaign_automation>(dice.below(4));
  plan.by = by;
  const auto question = around_->book.ask_through_bridge();
  self_->request(around_->service->core().references, caf::infinite, std::move(plan))
      .then([this, question](const rest_answer&) { around_->book.answer(question); },
            [this, question](const caf::error&) { around_->book.gone(question); });
}

void operators_state::campaign(const attester& canary) {
  auto& dice = around_->in.dice();
  const auto step = dice.below(8);
  if (step >= 6) return begin_campaign(canary);
  campaign_order order;
  order.group = dice.of(group_names);
  order.verb = static_cast<campaign_verb>(step);
  order.guard = dice.one_in(2) ? guard::holds : guard::overruled;
  order.by = by;
  const auto question = around_->book.ask_through_bridge();
  self_->request(around_->service->core().references, caf::infinite, std::move(order))
      .then([this, question](const rest_answer&) { around_->book.answer(question); },
            [this, question](const caf::error&) { around_->book.gone(question); });
}

/// Policies that leave good and bad machines as they are, but cause every record to be judged again.
void operators_state::reload() {
  auto policy = appraisal::policy{};
  if (around_->in.dice().one_in(2)) policy.of(appraisal::judged_check::debug_mode) = severity::failure;
  policies_in_force wanted{std::make_shared<const appraisal::policy>(policy), {}};
  if (around_->in.dice().one_in(2)) wanted.of_group["db"] = std::make_shared<const appraisal::policy>();
  self_->send(around_->service->core().references, changed_atom::value,
              std::make_shared<const policies_in_force>(std::move(wanted)));
}

operators_actor::behavior_type operators(operators_state::self_pointer self, surroundings* around,
                                         std::vector<attester>* machines, const habits* how) {
  self->state.begin(self, *around, *machines, *how);
  return {[self](go_atom) { self->state.go(); }};
}

} // namespace muster::simulation
