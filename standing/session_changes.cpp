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
  node_change out;
  out.after = at.entry();
  out.source = change_source::machine;
  if (!at.state().boot || *at.state().boot == boot || at.state().lease_ended) return out;
  auto state = at.state();
  state.lease = {};
  state.valid_until = {};
  state.lease_ended = true;
  out.batch.append_audit(audit_entry(now, "service", "reboot", at.id(), "a session named another boot"));
  out.after.state = std::make_shared<const node_state>(std::move(state));
  return out;
}

void note_certificate(node_change& change, const shown_certificate& shown) {
  auto node = *change.after.node;
  if (same(node.certificate_serial, shown.serial) && node.certificate_not_after == shown.not_after) return;
  node.certificate_serial = shown.serial;
  node.certificate_not_after = shown.not_after;
  change.after.node = std::make_shared<const node_record>(std::move(node));
}

result<node_change> find_twin(const settled_node& at, generation of, wall_time now) {
  const auto& node = at.node();
  if (!node || node->standing != standing::enrolled || node->generation != of)
    return fault{errc::conflict, "twin: of an older generation"};
  auto state = at.state();
  if (!raise_alarm(state, two_live_sessions(), now)) return fault{errc::conflict, "twin: the alarm stands"};
  node_change out;
  out.batch.append_audit(audit_entry(now, "service", "alarm", at.id(), state.alarm->sentence));
  log_verdict(out.batch, now, at.id(), at.state().verdict, state.verdict, "alarm");
  out.news.push_back(alarm_news(at.id(), state.alarm->found));
  out.after = {node, std::make_shared<const node_state>(std::move(state))};
  out.source = change_source::machine;
  return out;
}

} // namespace muster::service
