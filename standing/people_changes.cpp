#include "standing/people_changes.hpp"

#include "messages/time_text.hpp"
#include "records/record_codec.hpp"
#include "standing/admission.hpp"
#include "standing/identity_alarm.hpp"

namespace muster::service {

namespace {

constexpr std::uint32_t most_logs_cleared = 4096;

status may_have_name(std::string_view name, const node_id& id, const node_register& all) {
  if (auto good = check_name(name); !good) return good.fault();
  if (all.taken(name, id)) return fault{errc::conflict, "name: another node has it"};
  return {};
}

status may_move(const node_record* node, const std::string& group) {
  if (node == nullptr) return fault{errc::not_found, "group: there is no such machine"};
  if (group.empty()) return fault{errc::malformed, "group: is empty"};
  if (node->standing == standing::revoked) return fault{errc::conflict, "group: this machine is revoked"};
  if (node->standing != standing::enrolled)
    return fault{errc::conflict, "group: this machine is not admitted yet; its approval says the group"};
  if (node->group == group) return fault{errc::conflict, "group: this machine is already in it"};
  return {};
}

} // namespace

status check_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return fault{errc::malformed, "name: expected 1 to 64 characters"};
  for (const char c : name)
    if (c <= ' ' || c > '~' || c == '/' || c == '"' || c == '\'' || c == '\\')
      return fault{errc::malformed, "name: expected printable ASCII without spaces, slashes and quotes"};
  if (name.front() == '-') return fault{errc::malformed, "name: a leading - would be read as an option"};
  if (name == "." || name == "..") return fault{errc::malformed, "name: no path can name it"};
  if (means_id(name))
    return fault{errc::malformed, "name: 8 or more digits of hex and nothing else mean the id of a machine"};
  return {};
}

result<node_change> approve(const settled_node& at, const approval& wanted, const node_register& all,
                            wall_time now) {
  if (!at.node()) return fault{errc::not_found, "approve: no such node"};
  if (!wanted.name.empty())
    if (auto may = may_have_name(wanted.name, at.id(), all); !may) return may.fault();
  auto made = approve_candidate(*at.node(), wanted.fingerprint, wanted.group, wanted.name, wanted.by, now);
  if (!made) return made.fault();
  const auto described = describe_approval(*made);
  node_change out{at, change_source::people};
  out.put(*std::move(made));
  out.batch.enter(now, wanted.by, "approve", described);
  return out;
}

result<node_change> acknowledge(const settled_node& at, const std::string& by,
                                const appraisal_context& context, wall_time now) {
  if (!at.node()) return fault{errc::not_found, "acknowledge: no such node"};
  if (!at.state().alarm) return fault{errc::conflict, "acknowledge: there is no alarm for this node"};
  auto state = at.state();
  end_alarm(state);
  if (state.verdict == verdict::warning) state.verdict = recorded_verdict(state, *at.node(), context);
  if (state.verdict != at.state().verdict) state.since = now;
  node_change out{at, change_source::people};
  log_verdict(out.batch, now, at.state().verdict, state.verdict, "acknowledged");
  // Last, because the command prints the number of the last record that it made.
  out.batch.enter(now, by, "acknowledge", at.state().alarm->found);
  out.put(std::move(state));
  return out;
}

result<node_change> revoke(const settled_node& at, const std::string& reason, const std::string& by,
                           wall_time now) {
  if (!at.node()) return fault{errc::not_found, "revoke: no such node"};
  auto node = *at.node();
  // The first revocation is what happened; a second one must not put another time, person and reason in its place.
  // A reason may be added where none was given.
  if (node.standing == standing::revoked && node.revoked_reason.empty() && !reason.empty()) {
    node.revoked_reason = reason;
    node_change out{at, change_source::people};
    out.put(std::move(node));
    out.batch.enter(now, by, "revoke", reason);
    return out;
  }
  if (node.standing == standing::revoked)
    return fault{
        errc::conflict,
        "revoke: this machine is revoked already, since " + rfc3339(node.revoked) + " by "
            + printable(node.revoked_by, 64)
            + (node.revoked_reason.empty() ? std::string{} : ": " + printable(node.revoked_reason, 256))};
  node.standing = standing::revoked;
  node.revoked = now;
  node.revoked_by = by;
  node.revoked_reason = reason;
  node.candidate.reset();
  node_change out{at, change_source::people};
  out.put(std::move(node));
  out.batch.put<tables::revocations>(
      make_record<records::Revocation>([&](records::Revocation::Builder revocation) {
        revocation.setSinceMs(now.milliseconds);
        revocation.setBy(text_of(by));
      }));
  out.batch.enter(now, by, "revoke", reason);
  out.ends = session_end::revoked;
  return out;
}

result<node_change> forget(const settled_node& at, const std::string& by, wall_time now) {
  if (!at.node() && at.damage().empty()) return fault{errc::not_found, "forget: no such node"};
  node_change out{at, change_source::people};
  out.forget();
  // One that only waited may come again by a token. One that was admitted is never new again.
  if (!at.node() || at.node()->generation.value != 0 || at.node()->standing != standing::pending)
    out.batch.put<tables::forgotten>(make_record<records::Forgotten>(
        [&](records::Forgotten::Builder forgotten) { forgotten.setSinceMs(now.milliseconds); }));
  out.batch.erase<tables::ak_certificates>();
  out.batch.clear_claims();
  if (at.state().boot_claims) out.batch.drop_use({*at.state().boot_claims});
  for (const auto log : {at.state().log, at.state().last_log})
    if (log != 0) out.batch.clear_log(log);
  if (!at.damage().empty()) // its logs are not known; their numbers rise by one with each boot
    for (std::uint32_t log = 1; log <= most_logs_cleared; ++log)
      out.batch.clear_log(log);
  out.batch.enter(now, by, "forget", at.node() ? at.node()->name : "its record could not be read");
  out.ends = session_end::forgotten;
  return out;
}

result<node_change> rename(const settled_node& at, const std::string& name, const std::string& by,
                           const node_register& all, wall_time now) {
  if (!at.node()) return fault{errc::not_found, "name: no such node"};
  if (!name.empty())
    if (auto may = may_have_name(name, at.id(), all); !may) return may.fault();
  auto node = *at.node();
  node.name = name;
  node_change out{at, change_source::people};
  out.put(std::move(node));
  out.batch.enter(now, by, "name", name);
  return out;
}

result<node_change> move(const settled_node& at, const std::string& group, const std::string& by,
                         const appraisal_context& context, const move_judge& judge, wall_time now) {
  if (auto may = may_move(at.node().get(), group); !may) return may.fault();
  auto node = *at.node();
  const auto former = std::exchange(node.group, group);
  auto after = take_move(at.state(), context, now);
  if (at.state().boot_claims) {
    auto judged = judge(node, at.state());
    // What is too much to be judged stays so in any group, and is not believed.
    if (!judged && judged.fault().code != errc::limit) return judged.fault();
    after = judged ? take_reappraisal(at.state(), context, *std::move(judged), now)
                   : take_unjudgeable(at.state(), node, context, judged.fault(), now);
  }
  node_change out{at, change_source::people};
  out.put(std::move(node));
  log_verdict(out.batch, now, at.state().verdict, after.state.verdict, "moved to group " + group);
  out.batch.enter(now, by, "group", former + " -> " + group);
  out.moved_to = group;
  out.news.push_back({node_news::weight::info,
                      "group",
                      {{"node", to_string(at.id())},
                       {"from", former},
                       {"to", group},
                       {"verdict", std::string{to_string(after.state.verdict)}}}});
  out.put(std::move(after.state));
  return out;
}

} // namespace muster::service
