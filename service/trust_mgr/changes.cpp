// Changes of a node by people, and by machines that ask to be admitted.
#include "service/trust_mgr/trust_mgr.hpp"
#include "standing/admission_change.hpp"
#include "standing/people_changes.hpp"

#include <caf/all.hpp>

namespace muster::service {

void trust_mgr_state::note_refusal(const proven_machine& who, const fault& why) const {
  deps_.log.of_peer(runtime::log_level::warning, "admission.refused", to_string(who.id),
                    {{"node", to_string(who.id)}, {"source", who.source}, runtime::fault_check(why)});
}

trust_mgr_state::promise<admission_reply> trust_mgr_state::admit(const proven_machine& who) {
  auto reply = self_->make_response_promise<admission_reply>();
  // Machines come back and prove themselves again: meanwhile their requests would pile up in front of the
  // disk.
  if (const auto storing = deps_.watch->answering(deps_.clock->since_boot()); !storing) {
    note_refusal(who, storing.fault());
    reply.deliver(admission_reply{fault{
        errc::busy, "admission: the service's disk does not answer; no machine is admitted until it does"}});
    return reply;
  }
  const auto held = std::make_shared<std::optional<join_use>>();
  runner_->run_for<admission_answer>(
      who.id,
      [this, who, held](const settled_node& at) -> result<admission_change> {
        if (deps_.board->rolled_back())
          return fault{errc::busy, "admission: the service's records were rolled back; an operator must "
                                   "acknowledge that first (muster log head)"};
        if (auto other = no_other_id(who); !other) {
          note_refusal(who, other.fault());
          return other.fault();
        }
        const auto revoked = deps_.reader->get<tables::revocations>(who.id);
        if (!revoked && revoked.fault().code != errc::not_found) return revoked.fault();
        const auto offer = offer_of(who);
        if (!offer) return offer.fault();
        const auto in_bounds = count_wrong_token(at, who, *offer);
        const auto now = deps_.clock->wall();
        auto made = service::admit(at, who, revoked.ok(), deps_.rules->load()->admission,
                                   deps_.inventory.nodes, now, *offer);
        if (made && !made->answer.admitted && !in_bounds) made = in_bounds.fault();
        if (!made) {
          note_refusal(who, made.fault());
          return made.fault();
        }
        // What is written now stays for ever, and so does any certificate that follows.
        if (made->answer.admitted || !made->change.batch.empty())
          if (auto left = admissions_.spend(who.id, deps_.clock->since_boot()); !left) {
            note_refusal(who, left.fault());
            admission_change nothing{{at, change_source::machine}, {}};
            nothing.answer.rationed = {{left.fault().code, "admission: " + left.fault().check},
                                       admissions_.until_next(who.id, deps_.clock->since_boot())};
            return nothing;
          }
        if (made->answer.admitted) note_return(made->change, commands_of(who.id));
        // From here the change goes to the store: what it uses of a token is not given to another machine.
        if (made->answer.join_used) {
          *held = join_use{*made->answer.join_used, now};
          deps_.inventory.joins.hold((*held)->token);
        }
        return made;
      },
      [this, reply, held, id = who.id](const result<sequence>& stored,
                                       const std::optional<admission_answer>& answer) mutable {
        if (*held && stored) deps_.inventory.joins.keep(id, **held);
        if (*held && !stored) deps_.inventory.joins.give_back((*held)->token);
        reply.deliver(stored ? admission_reply{*answer} : admission_reply{stored.fault()});
      },
      node_runner::asker::machine);
  return reply;
}

/// One EK is one machine: it must not get a second one, under the id of its point's other y.
status trust_mgr_state::no_other_id(const proven_machine& who) const {
  const auto other = other_id_of(who);
  if (!other) return {};
  if (runner_->busy(*other))
    return fault{errc::busy, "admission: this EK is being admitted under another id; try again"};
  const auto known = deps_.reader->snapshot(*other);
  if (!known) return known.fault();
  const auto revoked = deps_.reader->get<tables::revocations>(*other);
  if (!revoked && revoked.fault().code != errc::not_found) return revoked.fault();
  const bool absent = !known->node && known->node.fault().code == errc::not_found;
  if (absent && !revoked) return {};
  return fault{errc::denied, "admission: this EK is on record as " + to_string(*other)
                                 + ", with its other y coordinate; its holder proves both"};
}

/// Candidates that were not approved in time make room for others.
void trust_mgr_state::forget_expired() {
  constexpr std::size_t at_once = 32;
  for (const auto& id : deps_.inventory.nodes.waited_too_long(deps_.clock->wall(), at_once))
    if (!runner_->busy(id))
      runner_->run(
          id, [this](const settled_node& at) { return expire_candidate(at, deps_.clock->wall()); },
          [](const result<sequence>&) {});
}

trust_mgr_state::promise<change_reply> trust_mgr_state::approve(const approval& wanted) {
  return change_for_people(wanted.node, [this, wanted](const settled_node& at) {
    return service::approve(at, wanted, deps_.inventory.nodes, deps_.clock->wall());
  });
}

trust_mgr_state::promise<change_reply> trust_mgr_state::acknowledge(const alarm_acknowledgement& in) {
  return change_for_people(in.node, [this, by = in.by](const settled_node& at) {
    const auto context = context_of(at.node() ? at.node()->group : std::string{});
    return service::acknowledge(at, by, *context, deps_.clock->wall());
  });
}

trust_mgr_state::promise<change_reply> trust_mgr_state::revoke(const revocation& in) {
  return change_for_people(in.node, [this, in](const settled_node& at) {
    auto out = service::revoke(at, in.reason, in.by, deps_.clock->wall());
    if (out) end_commands(*out, commands_of(at.id()), "the machine was revoked");
    return out;
  });
}

/// The only change that works on a record that cannot be read: it is the way out.
trust_mgr_state::promise<change_reply> trust_mgr_state::forget(const removal& in) {
  return change_for_people(
      in.node,
      [this, by = in.by](const settled_node& at) {
        auto out = service::forget(at, by, deps_.clock->wall());
        if (out) end_commands(*out, commands_of(at.id()), "the machine was forgotten");
        return out;
      },
      node_runner::on_damage::told);
}

trust_mgr_state::promise<change_reply> trust_mgr_state::rename(const naming& in) {
  return change_for_people(in.node, [this, in](const settled_node& at) {
    return service::rename(at, in.name, in.by, deps_.inventory.nodes, deps_.clock->wall());
  });
}

trust_mgr_state::promise<change_reply> trust_mgr_state::regroup(const group_move& in) {
  return change_for_people(in.node, [this, in](const settled_node& at) {
    const auto context = context_of(in.group);
    // An appraiser of its own: those of a scan continue with their state.
    const auto judge = [&](const node_record& node, const node_state& state) {
      return record_appraiser{deps_.reader, context}.appraise(node, state);
    };
    return service::move(at, in.group, in.by, *context, judge, deps_.clock->wall());
  });
}

} // namespace muster::service
