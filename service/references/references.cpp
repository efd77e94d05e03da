#include "service/references/references.hpp"

#include "actors/runtime/guard.hpp"
#include "actors/service/store_it.hpp"
#include "appraisal/extraction/reference_diff.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "records/record_codec.hpp"
#include "schemas/rest.capnp.h"
#include "service/references/show_group.hpp"
#include "service/references/show_trial.hpp"
#include "service/references/trial_guard.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

constexpr std::chrono::minutes trial_timeout{10};

frame answer_of(const std::string& group, const named_set& in, const std::vector<std::string>& difference) {
  std::uint64_t events = 0;
  for (const auto& list : in.set->content().events)
    events += list.events.size();
  return frame::adopt(build<rest::ReferenceAnswer>([&](rest::ReferenceAnswer::Builder out) {
    out.setGroup(text_of(group));
    out.setDigest(text_of(to_hex(in.digest)));
    out.setFiles(in.set->content().files.size());
    out.setEvents(events);
    out.setPcrs(in.set->content().pcrs.size());
    auto lines = out.initDifference(static_cast<unsigned>(difference.size()));
    for (unsigned i = 0; i < difference.size(); ++i)
      lines.set(i, text_of(difference[i]));
  }));
}

} // namespace

void references_state::begin(self_pointer self, references_deps deps) {
  self_ = self;
  deps_ = std::move(deps);
  publish_policies(std::make_shared<contexts>(deps_.in_force), {}, nullptr);
  if (deps_.configured) change_policies(deps_.configured);
  self_->send(self_, tick_atom::value);
}

references_state::promise references_state::begin_change(const std::function<void(answer)>& work) {
  auto reply = self_->make_response_promise<rest_answer>();
  const answer deliver = [reply](const rest_answer& what) mutable { reply.deliver(what); };
  if (waiting_changes_.size() >= most_waiting)
    deliver(rest_answer{fault{errc::busy, "reference: too many changes wait for the disk; try again later"}});
  else
    waiting_changes_.push_back([work, deliver] { work(deliver); });
  take_next();
  return reply;
}

void references_state::free_for_others() {
  storing_ = false;
  take_next();
}

void references_state::take_next() {
  if (!storing_) take_waiting_policies();
  if (storing_ || waiting_changes_.empty()) return;
  storing_ = true;
  const auto change = std::move(waiting_changes_.front());
  waiting_changes_.pop_front();
  change();
}

void references_state::end_change(const answer& reply, const rest_answer& what) {
  reply(what);
  free_for_others();
}

void references_state::tell(const context_ptr& context) {
  self_->send(deps_.trust, context_atom::value, context);
}

void references_state::guarded(const change_ptr& planned, unsigned percent, const answer& reply) {
  self_->request(deps_.survey, trial_timeout, try_atom::value, planned->context)
      .then(
          [this, planned, percent, reply](const trial_reply& tried) {
            if (!tried) return end_change(reply, rest_answer{tried.fault()});
            const auto& context = *planned->context;
            if (const auto good = check_guard(**tried, context.group, percent); !good)
              return end_change(reply, rest_answer{good.fault()});
            store(planned, reply);
          },
          [this, reply](const caf::error&) {
            end_change(reply, rest_answer{fault{errc::timeout, "survey: no answer"}});
          });
}

void references_state::store(const change_ptr& planned, const answer& reply) {
  store_it(self_, deps_.store, std::move(planned->batch).seal(),
           [this, planned, reply](const commit_outcome& stored) {
             if (!stored) return end_change(reply, rest_answer{stored.fault()});
             deps_.in_force = std::move(planned->next);
             if (planned->step) deps_.campaigns.lay(*planned->step);
             if (planned->context) tell(planned->context);
             if (planned->context)
               deps_.log.info(planned->event, {{"group", planned->context->group},
                                               {"set", to_hex(planned->context->reference_digest)}});
             else if (planned->step)
               deps_.log.info(planned->event, {{"group", planned->step->group}});
             end_change(reply, planned->reply());
           });
}

status references_state::check_no_campaign(const std::string& group) const {
  const auto* campaign = deps_.campaigns.of(group);
  if (campaign == nullptr || !is_open(campaign->phase)) return {};
  return fault{errc::conflict, "reference: a campaign is under way in group " + group
                                   + "; end it first: muster campaign end " + group};
}

std::function<rest_answer()> references_state::told_of(const std::string& group, const named_set& set) const {
  std::vector<std::string> changes;
  if (const auto before = deps_.in_force.of(group)->reference)
    changes = lines_of(appraisal::compare_references(before.get(), *set.set), max_difference_lines);
  return [group, set, changes = std::move(changes)] { return rest_answer{answer_of(group, set, changes)}; };
}

void references_state::bring_into_force(const arrival& how, const source_of_set& found, const answer& reply) {
  // The change is in force only once it is durable: it is made in a copy, which replaces ours after the
  // commit.
  const auto planned = std::make_shared<change>(deps_.in_force);
  auto alone = planned->next.accept(how.group, found.set);
  if (!alone) return end_change(reply, rest_answer{alone.fault()});
  planned->context = std::move(*alone);
  planned->event = "reference.accepted";
  const auto from = how.from.value_or(node_id{});
  auto& batch = planned->batch;
  batch.add_reference(found.stored);
  batch.put<tables::groups>(group_key(how.group),
                            planned->next.group_record(how.group, {now(), how.by, from}));
  batch.put<tables::settings>(settings_key(), planned->next.settings_record());
  batch.append_audit(
      audit_entry(now(), how.by, std::string{how.action}, from,
                  "group " + how.group + ' ' + found.name + ", set " + to_hex(found.set.digest)));
  planned->reply = told_of(how.group, found.set);
  if (!deps_.in_force.of(how.group)->reference || how.guard == guard::overruled)
    store(planned, reply);
  else
    guarded(planned, deps_.rules->load()->guard_percent, reply);
}

references_state::promise references_state::accept(const accept_request& wanted) {
  return begin_change([this, wanted](const answer& reply) {
    if (const auto closed = check_no_campaign(wanted.group); !closed)
      return end_change(reply, rest_answer{closed.fault()});
    const auto& context = *deps_.in_force.of(wanted.group);
    const auto digest = wanted.set.value_or(bytes32{});
    auto found = wanted.from ? set_of_node(*deps_.reader, *wanted.from, wanted.group, *context.policy)
                 : wanted.guard == guard::overruled ? set_on_record(*deps_.reader, digest)
                                                    : set_to_choose(*deps_.reader, digest, context);
    if (!found) return end_change(reply, rest_answer{found.fault()});
    if (wanted.set && found->set.digest != *wanted.set)
      return end_change(
          reply,
          rest_answer{fault{errc::conflict,
                            "reference: " + found->name + " would teach set " + to_hex(found->set.digest)
                                + " now, and not the one that was named: look again, muster reference "
                                  "try "
                                + printable(wanted.group)}});
    found->name = "from " + found->name;
    bring_into_force({wanted.group, wanted.from, wanted.by, "reference.accept", wanted.guard}, *found, reply);
  });
}

references_state::promise references_state::import_set(const import_request& wanted) {
  return begin_change([this, wanted](const answer& reply) {
    if (crypto::sha256(wanted.record.view()) != wanted.digest)
      return end_change(reply,
                        rest_answer{fault{errc::mismatch, "set: it is not the one that the path names"}});
    const auto set = appraisal::read_reference(wanted.record, {write_batch::max_record, 4, 16});
    if (!set) return end_change(reply, rest_answer{set.fault()});
    const auto planned = std::make_shared<change>(deps_.in_force);
    planned->batch.add_reference(to_record((*set)->content()));
    planned->batch.append_audit(
        audit_entry(now(), wanted.by, "reference.import", {},
                    "set " + to_hex(wanted.digest) + ", " + (*set)->content().origin));
    planned->reply = [named = named_set{*set, wanted.digest}] {
      return rest_answer{answer_of({}, named, {})};
    };
    store(planned, reply);
  });
}

rest_answer references_state::export_set(const bytes32& digest) const {
  const auto stored = deps_.reader->get<tables::references>(content_address{digest});
  if (!stored) { // in words that name the set
    const auto why = load_set(*deps_.reader, digest);
    return rest_answer{why ? stored.fault() : why.fault()};
  }
  return rest_answer{frame::copy_of(stored->content())};
}

rest_answer references_state::list_groups() const {
  const auto all = deps_.in_force.all();
  return frame::adopt(build<rest::GroupList>([&](rest::GroupList::Builder out) {
    auto list = out.initGroups(static_cast<unsigned>(all.size()));
    for (unsigned i = 0; i < all.size(); ++i)
      put_group(list[i], *all[i], *deps_.reader, deps_.campaigns.of(all[i]->group),
                refused_.contains(all[i]->group) ? refused_.at(all[i]->group) : std::string{});
  }));
}

result<named_set> references_state::set_wanted(const trial_request& wanted) const {
  if (wanted.set) return load_set(*deps_.reader, *wanted.set);
  auto state =
      set_of_node(*deps_.reader, *wanted.from, wanted.group, *deps_.in_force.of(wanted.group)->policy);
  if (!state) return state.fault();
  return std::move(state->set);
}

references_state::promise references_state::try_change(const trial_request& wanted) {
  auto reply = self_->make_response_promise<rest_answer>();
  auto context = std::make_shared<appraisal_context>(*deps_.in_force.of(wanted.group));
  context->group = wanted.group;
  bytes32 digest{};
  if (wanted.policy) {
    context->policy = wanted.policy;
    context->policy_digest = digest = digest_of(*wanted.policy);
  } else {
    const auto set = set_wanted(wanted);
    if (!set) {
      reply.deliver(rest_answer{set.fault()});
      return reply;
    }
    context->damage.clear();
    context->reference = set->set;
    context->reference_digest = digest = set->digest;
    context->staged.reset();
  }
  self_->request(deps_.survey, trial_timeout, try_atom::value, context_ptr{context})
      .then(
          [reply, digest, group = wanted.group,
           percent = deps_.rules->load()->guard_percent](const trial_reply& tried) mutable {
            if (!tried)
              reply.deliver(rest_answer{tried.fault()});
            else if ((*tried)->machines == 0) // "nobody would change" would be true, but no answer
              reply.deliver(
                  rest_answer{fault{errc::not_found, "group: no machine is in group " + printable(group)}});
            else
              reply.deliver(rest_answer{show_trial(**tried, group, digest, percent)});
          },
          [reply](const caf::error&) mutable {
            reply.deliver(rest_answer{fault{errc::timeout, "survey: no answer"}});
          });
  return reply;
}

references_actor::behavior_type references(references_state::self_pointer self, references_deps deps) {
  runtime::guard(*self, deps.log, "references");
  self->state.begin(self, std::move(deps));
  return {
      [self](const accept_request& wanted) { return self->state.accept(wanted); },
      [self](const amend_request& wanted) { return self->state.amend(wanted); },
      [self](const import_request& wanted) { return self->state.import_set(wanted); },
      [self](export_atom, const bytes32& digest) { return self->state.export_set(digest); },
      [self](const trial_request& wanted) { return self->state.try_change(wanted); },
      [self](list_atom) { return self->state.list_groups(); },
      [self](const campaign_request& wanted) { return self->state.start_campaign(wanted); },
      [self](const campaign_order& order) { return self->state.move_campaign(order); },
      [self](campaign_atom, const std::string& group) { return self->state.show_campaign(group); },
      [self](changed_atom, const policies_ptr& policies) { self->state.change_policies(policies); },
      [self](tick_atom) { self->state.tick(); },
  };
}

} // namespace muster::service
