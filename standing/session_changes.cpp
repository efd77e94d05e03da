#include "standing/session_changes.hpp"

#include "records/record_codec.hpp"
#include "standing/decision.hpp"
#include "standing/identity_alarm.hpp"

namespace muster::service {

status may_attach(const settled_node& at, byte_view spki) { return may_attach(at.entry(), spki); }

status may_attach(const node_entry& on_record, byte_view spki) {
  const auto& node = on_record.node;
  if (!node) return fault{errc::not_found, "this machine is not known here; enrol"};
  if (node->standing == standing::revoked) return fault{errc::denied, "this machine was revoked"};
  if (node->standing != standing::enrolled)
    return fault{errc::not_found, "this machine is not admitted; enrol"};
  if (!same(node->node_spki, spki))
    return fault{errc::not_found, "this certificate is of an older generation or key; enrol again"};
  if (on_record.state->must_enrol) return fault{errc::not_found, "the TPM's counters went back; enrol again"};
  return {};
}

node_change name_boot(const settled_node& at, const boot_id& boot, wall_time now) {
  node_change out{at, change_source::machine};
  if (!at.state().boot || *at.state().boot == boot || at.state().owes_whole_logs) return out;
  auto state = at.state();
  end_lease_until_whole_logs(state);
  out.batch.enter(now, "service", "reboot", "a session named another boot");
  out.put(std::move(state));
  return out;
}

void note_certificate(node_change& change, const shown_certificate& shown) {
  auto node = *change.after.node;
  if (same(node.certificate_serial, shown.serial) && node.certificate_not_after == shown.not_after) return;
  node.certificate_serial = shown.serial;
  node.certificate_not_after = shown.not_after;
  change.put(std::move(node));
}

result<node_change> find_twin(const settled_node& at, generation of, wall_time now) {
  const auto& node = at.node();
  if (!node || node->standing != standing::enrolled || node->generation != of)
    return fault{errc::conflict, "twin: of an older generation"};
  auto state = at.state();
  if (!raise_alarm(state, two_live_sessions(), now))
    return fault{errc::conflict, "twin: the alarm is raised already"};
  node_change out{at, change_source::machine};
  out.batch.enter(now, "service", "alarm", state.alarm->sentence);
  log_verdict(out.batch, now, at.state().verdict, state.verdict, "alarm");
  out.news.push_back(alarm_news(at.id(), state.alarm->found));
  out.put(std::move(state));
  return out;
}

} // namespace muster::service
