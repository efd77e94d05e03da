// What people ask of a fleet's service; each call waits for the reply.
#pragma once

#include "appraisal/policy/policy_codec.hpp"
#include "messages/view.hpp"
#include "schemas/rest.capnp.h"
#include "tests/service/references/fleet_machine.hpp"
#include "tests/service/references/fleet_service.hpp"

#include <functional>
#include <thread>

namespace muster::service::fleet_test {

inline constexpr const char* group = "web";

class fleet_people : public fleet_service {
public:
  using fleet_service::fleet_service;

  template <class... Message> rest_answer ask(Message... message) {
    return ask_about<rest_answer>(core().references, std::move(message)...);
  }

  // What people do to one machine.
  change_reply move(const machine& one, const std::string& to) {
    return ask_about<change_reply>(core().trust, group_move{one.id, to, std::string{"uid=0 pid=1"}});
  }
  change_reply forget(const machine& one) {
    return ask_about<change_reply>(core().trust, removal{one.id, std::string{"uid=0 pid=1"}});
  }
  change_reply rename(const machine& one, const std::string& name) {
    return ask_about<change_reply>(core().trust, naming{one.id, name, std::string{"uid=0 pid=1"}});
  }
  rest_answer accept_for(const std::string& other_group, const machine& from) {
    return ask(accept_request{other_group, from.id, {}, "uid=0 pid=1"});
  }
  resolved_node resolve(const std::string& meant) {
    return ask_about<resolved_node>(core().cache, resolve_atom::value, meant);
  }
  result<log_number> leaf_of(sequence at) {
    return ask_about<result<log_number>>(core().cache, log_atom::value, at);
  }
  rest_answer accept(const machine& from, guard how = guard::holds, std::optional<bytes32> only = {}) {
    return ask(accept_request{group, from.id, only, "uid=0 pid=1", how});
  }
  /// Accepts each of these machines, all at once.
  std::vector<rest_answer> accept_at_once(const std::vector<const machine*>& from) {
    caf::scoped_actor self{system()};
    std::vector<rest_answer> out;
    std::vector<std::function<void()>> answers;
    for (const auto* one : from) {
      auto pending = std::make_shared<decltype(self->request(core().references, patience, accept_request{}))>(
          self->request(core().references, patience,
                        accept_request{group, one->id, {}, "uid=0 pid=1", guard::overruled}));
      answers.emplace_back([pending, &out] {
        pending->receive([&](const rest_answer& done) { out.push_back(done); },
                         [](const caf::error&) { FAIL("no answer"); });
      });
    }
    for (const auto& wait : answers)
      wait();
    return out;
  }
  rest_answer start_campaign(campaign_request plan) {
    plan.group = group;
    if (plan.by.empty()) plan.by = "uid=0 pid=1";
    return ask(std::move(plan));
  }
  rest_answer step(campaign_verb verb, guard how = guard::holds) {
    return ask(campaign_order{group, verb, {}, how, "uid=0 pid=1"});
  }
  rest_answer propose_set(const bytes32& set) {
    return ask(campaign_order{group, campaign_verb::propose, set, guard::holds, "uid=0 pid=1"});
  }
  rest_answer show() { return ask(campaign_atom::value, std::string{group}); }
  /// One look at campaigns, begun when this returns; its outcome shows in `phase`.
  void tick() {
    caf::anon_send(core().references, tick_atom::value);
    (void)show(); // comes after it in the mailbox
  }
  /// Whether the campaign reaches that phase; gives up after a minute.
  bool reaches(const std::string& wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (phase() != wanted && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    return phase() == wanted;
  }
  std::string phase() {
    const auto shown = show();
    if (!shown) return shown.fault().check;
    const auto page = parse_view<rest::Campaign>(*shown).value();
    return page.read([](rest::Campaign::Reader in) { return std::string{text_of(in.getPhase())}; });
  }
  /// Another policy for all, as a reload brings it; does not wait.
  void order(const appraisal::policy& policy) {
    order(policies_in_force{std::make_shared<const appraisal::policy>(policy), {}});
  }
  /// Other policies for all and for groups. A restart of this fleet forgets those for groups.
  void order(const policies_in_force& policies) {
    configure(*policies.base);
    caf::anon_send(core().references, changed_atom::value,
                   std::make_shared<const policies_in_force>(policies));
  }
  /// Like `order`, but waits. Whether it came into force; gives up after a minute.
  bool reload(const appraisal::policy& policy) {
    order(policy);
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    const auto wanted = appraisal::digest_of(policy);
    while (policy_on_record() != wanted && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    (void)show(); // comes after the acknowledgement in the mailbox
    return policy_on_record() == wanted;
  }

  /// What the campaign's page says about the end of its stage.
  std::string when_it_ends() {
    const auto shown = show();
    if (!shown) return shown.fault().check;
    const auto page = parse_view<rest::Campaign>(*shown).value();
    return page.read([](rest::Campaign::Reader in) { return std::string{text_of(in.getWhenItEnds())}; });
  }
  /// What would change under the state of this machine.
  view<rest::Trial> try_state_of(const machine& from) {
    auto got = ask(trial_request{group, {}, {}, from.id});
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    return parse_view<rest::Trial>(*got).value();
  }
  bytes32 policy_on_record() const {
    const auto settings = reader().get<tables::settings>(settings_key());
    bytes32 out{};
    if (settings)
      settings->read([&](records::Settings::Reader in) {
        const auto digest = bytes_of(in.getPolicyDigest());
        if (digest.size() == out.size()) std::ranges::copy(digest, out.begin());
      });
    return out;
  }
  std::string groups() {
    const auto page = ask(list_atom::value);
    if (!page) return page.fault().check;
    return parse_view<rest::GroupList>(*page).value().read([](rest::GroupList::Reader in) {
      std::string out;
      for (const auto one : in.getGroups())
        out += std::string{text_of(one.getGroup())} + "=" + std::string{text_of(one.getProblem())} + ";";
      return out;
    });
  }

  /// Why the configured policy of the group is not in force.
  std::string refused_policy() {
    const auto page = ask(list_atom::value);
    if (!page) return page.fault().check;
    return parse_view<rest::GroupList>(*page).value().read([](rest::GroupList::Reader in) {
      std::string out;
      for (const auto one : in.getGroups())
        if (text_of(one.getGroup()) == group) out = text_of(one.getRefused());
      return out;
    });
  }

  // Orders, and their outcomes.
  /// A person orders it; when this returns, the open session has it.
  command_id order(const machine& one, command_kind kind) {
    command_request wanted;
    wanted.node = one.id;
    wanted.kind = kind;
    wanted.by = "uid=0 pid=1";
    caf::anon_send(core().trust, wanted);
    for (;;) {
      const auto page = reader().page<tables::commands>(std::nullopt, 1000).value();
      for (const auto& found : page)
        if (command_from(found.key, found.record.value())->outcome == command_outcome::sent) return found.key;
      std::this_thread::yield();
    }
  }
  /// What the machine reports about it in that session. When this returns, the consequence is on record.
  void report(const machine& one, session_epoch of, const command_result& told) {
    caf::anon_send(core().trust, command_report{one.id, of, told});
    (void)rename(one, "reported"); // comes after it, for that machine
  }
  std::vector<command_id> open_orders() const {
    std::vector<command_id> out;
    const auto page = reader().page<tables::commands>(std::nullopt, 1000).value();
    for (const auto& one : page)
      out.push_back(one.key);
    return out;
  }

  /// The reason shown to people for missing evidence; empty if evidence was complete.
  std::string unable(const machine& one) {
    const auto page = ask_about<rest_answer>(core().cache, show_atom::value, one.id);
    if (!page) return page.fault().check;
    return parse_view<rest::NodeDetail>(*page).value().read(
        [](rest::NodeDetail::Reader in) { return std::string{text_of(in.getNode().getUnable())}; });
  }
  /// Number of machines of the group that have a failure or a warning.
  std::uint64_t affected() {
    const auto page = ask_about<rest_answer>(core().survey, incidents_atom::value, std::string{group});
    REQUIRE_MESSAGE(page.ok(), page.fault().check);
    return parse_view<rest::Incidents>(*page).value().read(
        [](rest::Incidents::Reader in) { return in.getAffected(); });
  }
  /// The word shown to people: "trusted".
  std::string shown(const machine& one) {
    const auto page = ask_about<rest_answer>(core().cache, show_atom::value, one.id);
    if (!page) return page.fault().check;
    return parse_view<rest::NodeDetail>(*page).value().read(
        [](rest::NodeDetail::Reader in) { return std::string{text_of(in.getNode().getShown())}; });
  }
};

} // namespace muster::service::fleet_test
