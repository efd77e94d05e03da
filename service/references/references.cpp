#include "service/references/references.hpp"

#include "actors/runtime/guard.hpp"
#include "actors/service/record_codec.hpp"
#include "actors/service/recorded_claims.hpp"
#include "schemas/rest.capnp.h"
#include "service/references/acceptance.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

using self_pointer = references_actor::stateful_pointer<references_state>;

constexpr std::chrono::seconds store_timeout{30};
constexpr std::chrono::milliseconds store_retry{100};

struct accepted_set {
  std::shared_ptr<const appraisal::reference_set> set;
  std::string from; ///< for people
};

result<accepted_set> read_set(const store_reader& store, const accept_request& wanted) {
  const auto snapshot = store.snapshot(wanted.from);
  if (!snapshot) return snapshot.fault();
  if (!snapshot->node) return snapshot->node.fault();
  const auto node = node_from(wanted.from, *snapshot->node);
  if (!node) return node.fault();
  if (!snapshot->state) return fault{errc::not_found, "reference: this node never attested"};
  const auto state = state_from(*snapshot->state);
  if (!state) return state.fault();
  if (const auto allowed = may_be_reference(*node, *state); !allowed) return allowed.fault();
  const auto claims = read_recorded_claims(store, wanted.from, *state);
  if (!claims) return claims.fault();
  auto set = make_reference(claims->boot, claims->files, *node);
  if (!set) return set.fault();
  return accepted_set{std::move(*set), node->name.empty() ? to_string(node->id) : node->name};
}

frame answer_of(const std::string& group, const bytes32& digest, const appraisal::reference_set& set) {
  std::uint64_t events = 0;
  for (const auto& list : set.content().events)
    events += list.events.size();
  return frame::adopt(build<rest::ReferenceAnswer>([&](rest::ReferenceAnswer::Builder out) {
    out.setGroup(text_of(group));
    out.setDigest(text_of(to_hex(digest)));
    out.setFiles(set.content().files.size());
    out.setEvents(events);
    out.setPcrs(set.content().pcrs.size());
  }));
}

record<records::Group> group_record(const accept_request& wanted, const bytes32& digest,
                                    std::uint64_t version, wall_time now) {
  return make_record<records::Group>([&](records::Group::Builder out) {
    out.setName(text_of(wanted.group));
    out.setReferenceDigest(data_of(digest));
    out.setAcceptedMs(now.milliseconds);
    out.setAcceptedBy(text_of(wanted.by));
    out.setAcceptedFrom(data_of(wanted.from.raw));
    out.setVersion(version);
  });
}

void tell(self_pointer self, const context_ptr& context) {
  for (const auto& shard : self->state.deps.trust.shards)
    self->send(shard, context_atom::value, context);
}

caf::typed_response_promise<rest_answer> accept(self_pointer self, const accept_request& wanted) {
  auto promise = self->make_response_promise<rest_answer>();
  auto& deps = self->state.deps;
  if (self->state.storing) {
    promise.deliver(rest_answer{fault{errc::busy, "reference: another change is being stored; try again"}});
    return promise;
  }
  auto found = read_set(*deps.reader, wanted);
  if (!found) {
    promise.deliver(rest_answer{found.fault()});
    return promise;
  }
  self->state.storing = true;
  // In force only once it is durable: a copy takes the change, and replaces ours with the acknowledgement.
  auto next = deps.in_force;
  write_batch batch;
  const auto digest = batch.add_reference(to_record(found->set->content())).raw;
  const auto context = next.accept(wanted.group, found->set, digest);
  const auto now = deps.clock->wall();
  batch.put<tables::groups>(group_key(wanted.group), group_record(wanted, digest, next.version(), now));
  batch.put<tables::settings>(settings_key(), next.settings_record());
  batch.append_audit(
      audit_entry(now, wanted.by, "reference.accept", wanted.from,
                  "group " + wanted.group + " from " + found->from + ", set " + to_hex(digest)));
  self->request(deps.store, store_timeout, commit_atom::value, std::move(batch).seal())
      .then(
          [self, promise, next, context, wanted, digest](const commit_outcome& stored) mutable {
            self->state.storing = false;
            if (!stored) {
              promise.deliver(rest_answer{stored.fault()});
              return;
            }
            self->state.deps.in_force = next;
            self->state.deps.in_force.stored();
            self->state.deps.log.info("reference.accepted",
                                      {{"group", wanted.group}, {"set", to_hex(digest)}});
            tell(self, context);
            promise.deliver(rest_answer{answer_of(wanted.group, digest, *context->reference)});
          },
          [self, promise](const caf::error&) mutable {
            self->state.storing = false;
            promise.deliver(rest_answer{fault{errc::timeout, "store: no answer"}});
          });
  return promise;
}

std::string text_of_change(const policy_change& change) {
  return (change.group.empty() ? std::string{"all other groups"} : "group " + change.group) + ", policy "
         + to_hex(change.digest);
}

/// Makes the version durable that the contexts in force have, then tells TrustMgr.
void publish(self_pointer self) {
  auto& deps = self->state.deps;
  const auto& changes = deps.in_force.policy_changes();
  if (changes.empty()) return;
  self->state.storing = true;
  write_batch batch;
  batch.put<tables::settings>(settings_key(), deps.in_force.settings_record());
  for (const auto& context : deps.in_force.all())
    batch.add_policy(to_record(*context->policy)); // evidence can be judged again by what judged it
  for (const auto& one : changes)
    batch.append_audit(audit_entry(deps.clock->wall(), "service", "policy.change", {}, text_of_change(one)));
  self->request(deps.store, store_timeout, commit_atom::value, std::move(batch).seal())
      .then(
          [self](const commit_outcome& stored) {
            auto& state = self->state;
            state.storing = false;
            if (!stored)
              return state.deps.log.error("policy.not_stored", {runtime::fault_check(stored.fault())});
            for (const auto& one : state.deps.in_force.policy_changes())
              state.deps.log.info("policy.in_force", {{"group", one.group.empty() ? "all others" : one.group},
                                                      {"policy", to_hex(one.digest)}});
            state.deps.in_force.stored();
            for (const auto& context : state.deps.in_force.all())
              tell(self, context);
          },
          [self](const caf::error&) {
            self->state.storing = false;
            self->state.deps.log.error("policy.not_stored", {{"check", "no answer"}});
          });
}

} // namespace

references_actor::behavior_type references(self_pointer self, references_deps deps) {
  self->state.deps = std::move(deps);
  runtime::guard(*self, self->state.deps.log, "references");
  publish(self);
  return {
      [self](accept_atom, const accept_request& wanted) { return accept(self, wanted); },
      [self](changed_atom changed, const policies_ptr& policies) {
        if (self->state.storing) return self->delayed_send(self, store_retry, changed, policies);
        self->state.deps.in_force.change(*policies);
        publish(self);
      },
  };
}

} // namespace muster::service
