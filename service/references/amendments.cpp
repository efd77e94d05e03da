// Amendments: a few entries on top of the set in force.
#include "appraisal/extraction/reference_diff.hpp"
#include "records/record_codec.hpp"
#include "service/references/references.hpp"
#include "service/references/set_sources.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

fault another_set(const amend_request& wanted, const source_of_set& found) {
  return {errc::conflict,
          "reference: these entries lead to set " + to_hex(found.set.digest)
              + " now, and not to the one that was shown, since the set in force or the machine changed "
                "meanwhile; look again: muster reference amend "
              + printable(wanted.group) + " without --set"};
}

/// Asked first: what the entries answer is no finding any more, so its number is of an older list.
fault in_force_already(const bytes32& set) {
  return {errc::conflict, "reference: set " + to_hex(set) + " is in force already; nothing would change"};
}

} // namespace

references_state::promise references_state::amend(const amend_request& wanted) {
  return begin_change([this, wanted](const answer& reply) {
    const auto& context = *deps_.in_force.of(wanted.group);
    if (wanted.set && context.reference && context.reference_digest == *wanted.set)
      return end_change(reply, rest_answer{in_force_already(*wanted.set)});
    auto found = amended_set(*deps_.reader, wanted, context);
    if (!found) return end_change(reply, rest_answer{found.fault()});
    if (wanted.set && found->set.digest != *wanted.set)
      return end_change(reply, rest_answer{another_set(wanted, *found)});
    if (const auto allowed = deps_.in_force.allows(wanted.group, found->set); !allowed)
      return end_change(reply, rest_answer{allowed.fault()});
    switch (wanted.goes) {
    case amendment_goes::into_force: return amend_in_force(wanted, std::move(*found), reply);
    case amendment_goes::into_campaign: return amend_by_campaign(wanted, *found, reply);
    case amendment_goes::on_record: break;
    }
    const auto planned = std::make_shared<change>(deps_.in_force);
    planned->batch.add_reference(found->stored);
    planned->batch.append_audit(audit_entry(
        now(), wanted.by, "reference.amend", wanted.from.value_or(node_id{}),
        "group " + wanted.group + ", on record: " + found->name + ", set " + to_hex(found->set.digest)));
    planned->reply = told_of(wanted.group, found->set);
    store(planned, reply);
  });
}

void references_state::amend_in_force(const amend_request& wanted, source_of_set found, const answer& reply) {
  if (!wanted.set)
    return end_change(reply, rest_answer{fault{errc::malformed,
                                               "set: only what was shown comes into force; give the digest "
                                               "that `muster reference amend` shows without it"}});
  if (const auto closed = check_no_campaign(wanted.group); !closed)
    return end_change(reply, rest_answer{closed.fault()});
  found.name = "in force: " + found.name;
  bring_into_force({wanted.group, wanted.from, wanted.by, "reference.amend", wanted.guard}, found, reply);
}

/// Its steps are those of any other proposal: approval where it was ordered, the stage, the guard.
void references_state::amend_by_campaign(const amend_request& wanted, const source_of_set& found,
                                         const answer& reply) {
  const auto* known = deps_.campaigns.of(wanted.group);
  if (known == nullptr || !is_open(known->phase))
    return end_change(reply, rest_answer{fault{errc::not_found,
                                               "campaign: none is under way in group " + wanted.group
                                                   + "; begin one: muster campaign start " + wanted.group}});
  if (known->phase != campaign_phase::observing)
    return end_change(reply,
                      rest_answer{fault{errc::conflict,
                                        "campaign: it has a proposal already, which this one would replace; "
                                        "take it back first: muster campaign undo "
                                            + wanted.group}});
  auto step = propose(*known, found.set.digest, "amended: " + found.name, {wanted.by, now()});
  if (!step) return end_change(reply, rest_answer{step.fault()});
  const auto planned = plan_of(std::move(*step), "propose");
  if (!planned) return end_change(reply, rest_answer{planned.fault()});
  (*planned)->batch.add_reference(found.stored);
  (*planned)->reply = told_of(wanted.group, found.set);
  settling_.erase(wanted.group);
  store(*planned, reply);
}

} // namespace muster::service
