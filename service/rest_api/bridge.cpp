#include "service/rest_api/bridge.hpp"

#include "actors/runtime/guard.hpp"
#include "service/rest_api/answer.hpp"
#include "service/rest_api/problem.hpp"

#include <caf/all.hpp>

namespace muster::service::rest_api {

namespace {

using self_pointer = bridge_actor::pointer;
using shared_deps = std::shared_ptr<const bridge_deps>;

constexpr std::chrono::seconds read_timeout{5};
constexpr std::chrono::minutes survey_timeout{10}; // may look at every machine of a group
constexpr std::chrono::seconds export_timeout{120};

void refuse(const call_ptr& call, const fault& why) { call->port->answer(to_reply(problem_of(why))); }

/// The fault of a request that was not answered.
fault fault_of(const caf::error& why) {
  if (why == caf::sec::request_timeout) return {errc::timeout, "service: no answer in time"};
  return {errc::busy, "service: a part of it is stopping or failed; see its log"};
}

/// The fault of a change that was not answered: it may have been made, or may still be.
fault not_known(const caf::error& why) {
  const std::string what = why == caf::sec::request_timeout
                               ? "service: the disk, or a part of the service, has not answered yet"
                               : "service: a part of it is stopping or failed before it answered";
  return {
      why == caf::sec::request_timeout ? errc::timeout : errc::busy,
      what + ". It is not known yet whether this was done: look at `muster log show` before you try again"};
}

using no_answer = std::function<void(const caf::error&)>;

/// Ends the call when a change got no answer.
no_answer leave_open(const call_ptr& call) {
  return [call](const caf::error& why) { refuse(call, not_known(why)); };
}

/// Ends the call when one of our requests failed.
no_answer give_up(const call_ptr& call) {
  return [call](const caf::error& why) { refuse(call, fault_of(why)); };
}

bool changes_references(const rest_request& request) {
  return std::holds_alternative<accept_reference>(request) || std::holds_alternative<import_set>(request)
         || std::holds_alternative<amend_reference>(request)
         || std::holds_alternative<start_campaign>(request) || std::holds_alternative<move_campaign>(request);
}

bool is_rolled_back(const frame& list) {
  const auto nodes = parse_view<rest::NodeList>(list);
  return nodes && nodes->read([](rest::NodeList::Reader in) { return in.getRolledBack(); });
}

/// Answers with the JSON of the `T` that an actor sent.
template <class T> auto answer_with(const call_ptr& call) {
  return [call](const rest_answer& answer) {
    if (!answer) return refuse(call, answer.fault());
    auto json = json_of<T>(*answer);
    if (!json) return refuse(call, json.fault());
    call->port->answer({200, "application/json", std::move(*json), {}, {}});
  };
}

/// One call on its way through the actors. Its continuations hold copies.
class errand_of_call {
public:
  errand_of_call(self_pointer self, shared_deps deps, call_ptr call)
      : self_{self}, deps_{std::move(deps)}, call_{std::move(call)} {}

  void operator()(const list_nodes& in) const {
    self_->request(deps().cache, read_timeout, in.query)
        .then(answer_with<rest::NodeList>(call_), give_up(call_));
  }

  void operator()(const show_node& in) const {
    with_node(in.node, [me = *this](const node_id& id) {
      me.self_->request(me.deps().cache, read_timeout, show_atom::value, id)
          .then(answer_with<rest::NodeDetail>(me.call_), give_up(me.call_));
    });
  }

  /// No timeout: the command has its own deadline, and TrustMgr answers when its end is on record.
  void operator()(const order_node& in) const {
    with_node(in.node, [me = *this, in](const node_id& id) {
      me.note(id);
      me.self_
          ->request(me.deps().trust, caf::infinite,
                    command_request{id, in.kind, in.within, me.call_->by, in.how})
          .then([me, id](const command_reply& outcome) { me.show_outcome(id, outcome); },
                leave_open(me.call_));
    });
  }

  void operator()(const approve_node& in) const {
    with_node(in.node, [me = *this, in](const node_id& id) {
      me.change(id, approval{id, in.fingerprint, in.group, in.name, me.call_->by});
    });
  }

  void operator()(const name_node& in) const {
    with_node(in.node, [me = *this, name = in.name](const node_id& id) {
      me.change(id, naming{id, name, me.call_->by});
    });
  }

  void operator()(const group_node& in) const {
    with_node(in.node, [me = *this, group = in.group](const node_id& id) {
      me.change(id, group_move{id, group, me.call_->by});
    });
  }

  void operator()(const acknowledge_node& in) const {
    with_node(in.node, [me = *this](const node_id& id) {
      me.change(id, alarm_acknowledgement{id, me.call_->by});
    });
  }

  void operator()(const revoke_node& in) const {
    with_node(in.node, [me = *this, reason = in.reason](const node_id& id) {
      me.change(id, revocation{id, reason, me.call_->by});
    });
  }

  void operator()(const forget_node& in) const {
    with_node(in.node, [me = *this](const node_id& id) { me.change(id, removal{id, me.call_->by}); });
  }

  void operator()(const accept_reference& in) const {
    if (in.from.empty()) {
      note_group(in.group);
      return ask_references<rest::ReferenceAnswer>(accept_request{in.group, {}, in.set, call_->by, in.guard});
    }
    with_node(in.from, [me = *this, in](const node_id& id) {
      me.note(id);
      me.ask_references<rest::ReferenceAnswer>(accept_request{in.group, id, in.set, me.call_->by, in.guard});
    });
  }

  void operator()(const amend_reference& in) const {
    auto wanted = in.wanted;
    wanted.by = call_->by;
    if (in.from.empty()) {
      note_group(wanted.group);
      return ask_references<rest::ReferenceAnswer>(std::move(wanted));
    }
    with_node(in.from, [me = *this, wanted = std::move(wanted)](const node_id& id) mutable {
      me.note(id);
      wanted.from = id;
      me.ask_references<rest::ReferenceAnswer>(std::move(wanted));
    });
  }

  void operator()(const import_set& in) const {
    deps().log.info("rest.change",
                    {{"verb", verb_of(call_->request)}, {"set", to_hex(in.digest)}, {"by", call_->by}});
    ask_references<rest::ReferenceAnswer>(import_request{in.digest, in.record, call_->by});
  }

  void operator()(const export_set& in) const {
    self_->request(deps().references, deps().change, export_atom::value, in.digest)
        .then(
            [call = call_](const rest_answer& set) {
              if (!set) return refuse(call, set.fault());
              call->port->answer(
                  {200, "application/octet-stream", std::string{as_text(set->view())}, {}, {}});
            },
            give_up(call_));
  }

  void operator()(const try_reference& in) const {
    if (in.set) return ask_references<rest::Trial>(trial_request{in.group, {}, in.set, {}});
    with_node(in.from, [me = *this, group = in.group](const node_id& id) {
      me.ask_references<rest::Trial>(trial_request{group, {}, {}, id});
    });
  }

  void operator()(const try_policy& in) const {
    ask_references<rest::Trial>(trial_request{in.group, in.policy, {}, {}});
  }

  void operator()(const list_incidents& in) const {
    self_->request(deps().survey, survey_timeout, incidents_atom::value, in.group)
        .then(answer_with<rest::Incidents>(call_), give_up(call_));
  }

  void operator()(const list_groups&) const { ask_references<rest::GroupList>(list_atom::value); }

  void operator()(const list_campaigns&) const {
    ask_references<rest::CampaignList>(campaign_atom::value, std::string{});
  }

  void operator()(const show_campaign& in) const {
    ask_references<rest::Campaign>(campaign_atom::value, in.group);
  }

  void operator()(const start_campaign& in) const {
    note_group(in.plan.group);
    auto plan = in.plan;
    plan.by = call_->by;
    with_nodes(in.canaries, {}, [me = *this, plan = std::move(plan)](std::vector<node_id> found) mutable {
      plan.canaries = std::move(found);
      me.ask_references<rest::Campaign>(std::move(plan));
    });
  }

  void operator()(const move_campaign& in) const {
    note_group(in.order.group);
    auto order = in.order;
    order.by = call_->by;
    ask_references<rest::Campaign>(std::move(order));
  }

  void operator()(const list_log& in) const {
    if (in.query.what == log_query::kind::entries)
      self_->request(deps().cache, read_timeout, in.query)
          .then(answer_with<rest::LogPage>(call_), give_up(call_));
    else
      self_->request(deps().cache, read_timeout, in.query)
          .then(answer_with<rest::LogHeads>(call_), give_up(call_));
  }

  void operator()(const show_log&) const {
    self_->request(deps().cache, read_timeout, log_atom::value)
        .then(answer_with<rest::LogStatus>(call_), give_up(call_));
  }

  void operator()(const acknowledge_head& in) const {
    deps().log.info("rest.change",
                    {{"verb", verb_of(call_->request)}, {"head", to_string(in.head)}, {"by", call_->by}});
    self_->request(deps().record_log, deps().change, loss_acknowledgement{in.head, call_->by})
        .then([me = *this](const change_reply& done) { me.tell_done(done); }, leave_open(call_));
  }

  void operator()(const export_evidence& in) const {
    with_node(in.node, [me = *this, number = in.number](const node_id& id) {
      me.self_->request(me.deps().exporter, export_timeout, evidence_request{id, number, me.call_->by})
          .then(
              [call = me.call_](const exported_evidence& made) {
                if (!made) return refuse(call, made.fault());
                call->port->answer({200, "application/octet-stream", {}, {}, *made});
              },
              give_up(me.call_));
    });
  }

  void operator()(const show_trust&) const {
    self_->request(deps().rotation, read_timeout, show_atom::value)
        .then(answer_with<rest::TrustStatus>(call_), give_up(call_));
  }

  void operator()(const rotate_trust& in) const {
    deps().log.info("rest.change", {{"verb", verb_of(call_->request)}, {"by", call_->by}});
    self_->request(deps().rotation, deps().change, rotate_atom::value, in.text, call_->by)
        .then([me = *this](const change_reply& done) { me.tell_done(done); }, leave_open(call_));
  }

  void operator()(const make_join_token& in) const {
    note_group(in.wanted.group);
    auto wanted = in.wanted;
    wanted.by = call_->by;
    self_->request(deps().trust, deps().change, std::move(wanted))
        .then(
            [call = call_](const made_join_reply& made) {
              if (!made) return refuse(call, made.fault());
              call->port->answer({200, "application/json", json_of(*made), {}, {}});
            },
            leave_open(call_));
  }

  void operator()(const list_join_tokens&) const {
    self_->request(deps().trust, read_timeout, list_atom::value)
        .then(
            [call = call_](const join_tokens_shown& shown) {
              call->port->answer({200, "application/json", json_of(shown), {}, {}});
            },
            give_up(call_));
  }

  void operator()(const revoke_join_token& in) const {
    deps().log.info("rest.change", {{"verb", verb_of(call_->request)}, {"token", in.id}, {"by", call_->by}});
    self_->request(deps().trust, deps().change, join_token_end{in.id, call_->by})
        .then([me = *this](const change_reply& done) { me.tell_done(done); }, leave_open(call_));
  }

  void operator()(const ask_live&) const { call_->port->answer({200, "text/plain", "live\n", {}, {}}); }

  void operator()(const ask_ready&) const {
    if (const auto storing = deps().storing ? deps().storing() : status{}; !storing)
      return refuse(call_, storing.fault());
    node_query one;
    one.limit = 1;
    self_->request(deps().cache, read_timeout, std::move(one))
        .then(
            [call = call_](const rest_answer& answer) {
              if (!answer) return refuse(call, {errc::busy, "service: " + answer.fault().check});
              if (is_rolled_back(*answer))
                return refuse(call,
                              {errc::busy, "rolled back: records are missing or were changed; nothing is "
                                           "trusted until an operator acknowledges it"});
              call->port->answer({200, "text/plain", "ready\n", {}, {}});
            },
            give_up(call_));
  }

private:
  const bridge_deps& deps() const { return *deps_; }

  /// Logs a line for each change before it is made. The audit record has the outcome.
  void note(const node_id& id) const {
    deps().log.info("rest.change",
                    {{"verb", verb_of(call_->request)}, {"node", to_string(id)}, {"by", call_->by}});
  }

  void note_group(const std::string& group) const {
    deps().log.info("rest.change", {{"verb", verb_of(call_->request)}, {"group", group}, {"by", call_->by}});
  }

  /// Asks References and answers with the JSON of a `T`.
  template <class T, class... Message> void ask_references(Message... message) const {
    self_->request(deps().references, survey_timeout, std::move(message)...)
        .then(answer_with<T>(call_), changes_references(call_->request) ? leave_open(call_) : give_up(call_));
  }

  /// Calls `next` with the nodes that a person meant. Finds them one after the other.
  template <class Next>
  void with_nodes(std::vector<std::string> meant, std::vector<node_id> found, Next next) const {
    if (meant.empty()) return next(std::move(found));
    const auto first = meant.front();
    meant.erase(meant.begin());
    with_node(first, [me = *this, meant = std::move(meant), found = std::move(found),
                      next = std::move(next)](const node_id& id) mutable {
      found.push_back(id);
      me.with_nodes(std::move(meant), std::move(found), std::move(next));
    });
  }

  /// Calls `next` with the node that a person meant.
  template <class Next> void with_node(const std::string& meant, Next next) const {
    self_->request(deps().cache, read_timeout, resolve_atom::value, meant)
        .then(
            [call = call_, next = std::move(next)](const resolved_node& found) mutable {
              if (!found) return refuse(call, found.fault());
              next(*found);
            },
            give_up(call_));
  }

  /// Asks TrustMgr for a change and answers when it is durable.
  template <class... Message> void change(const node_id& id, Message... message) const {
    note(id);
    self_->request(deps().trust, deps().change, std::move(message)...)
        .then([me = *this](const change_reply& done) { me.tell_done(done); }, leave_open(call_));
  }

  /// Answers that the change is durable, with the number of its record in the log.
  void tell_done(const change_reply& done) const {
    if (!done) return refuse(call_, done.fault());
    const auto tell = [call = call_, at = *done](std::optional<log_number> leaf) {
      call->port->answer({200, "application/json", json_of(at, leaf), {}, {}});
    };
    self_->request(deps().cache, read_timeout, log_atom::value, *done)
        .then([tell](const result<log_number>& leaf) { leaf ? tell(*leaf) : tell(std::nullopt); },
              [tell](const caf::error&) { tell(std::nullopt); });
  }

  /// Answers how the command ended, with the node as it is now, if it still exists.
  void show_outcome(const node_id& id, const command_reply& outcome) const {
    if (!outcome) return refuse(call_, outcome.fault());
    self_->request(deps().cache, read_timeout, show_atom::value, id)
        .then(
            [call = call_, result = *outcome](const rest_answer& detail) {
              if (!detail && detail.fault().code != errc::not_found) return refuse(call, detail.fault());
              auto json = json_of(result, detail ? std::optional{*detail} : std::nullopt);
              if (!json) return refuse(call, json.fault());
              call->port->answer({200, "application/json", std::move(*json), {}, {}});
            },
            give_up(call_));
  }

  self_pointer self_;
  shared_deps deps_;
  call_ptr call_;
};

} // namespace

bridge_actor::behavior_type bridge(self_pointer self, bridge_deps deps) {
  runtime::guard(*self, deps.log, "rest_bridge");
  const auto shared = std::make_shared<const bridge_deps>(std::move(deps));
  return {
      [self, shared](ask_atom, const call_ptr& call) {
        std::visit(errand_of_call{self, shared, call}, call->request);
      },
      [self](stop_atom) { self->quit(caf::exit_reason::user_shutdown); },
  };
}

} // namespace muster::service::rest_api
