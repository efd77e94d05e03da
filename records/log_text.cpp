#include "records/log_text.hpp"

#include "messages/record_text.hpp"
#include "messages/time_text.hpp"

namespace muster::service {

void put_head(rest::LogHead::Builder out, const crypto::signed_log_head& head) {
  out.setSize(head.head.size);
  out.setRoot(text_of(to_hex(head.head.root)));
  out.setWhen(text_of(rfc3339(head.head.time)));
  out.setHead(text_of(to_hex(crypto::encode(head))));
  out.setLog(text_of(to_string(head.head.log)));
  out.setIncarnation(head.head.incarnation.value);
}

void put_entry(rest::LogEntry::Builder out, const log_leaf& leaf) {
  out.setLeaf(leaf.number.value);
  out.setSequence(leaf.at.value);
  out.setLeafHash(text_of(to_hex(leaf.hash)));
  if (!leaf.record) return out.setProblem(text_of(leaf.record.fault().check));
  out.setRecord(text_of(to_hex(leaf.record->content())));
  leaf.record->read([&](records::AuditEntry::Reader in) { put_readable(out, in); });
}

void put_alarm(rest::LogAlarm::Builder out, const log_alarm& alarm) {
  out.setSize(alarm.name.size);
  out.setRoot(text_of(to_hex(alarm.name.root)));
  out.setWhen(text_of(rfc3339(alarm.head_time)));
  out.setFrom(text_of(alarm.from));
  out.setRaised(text_of(rfc3339(alarm.raised)));
  out.setAcknowledged(text_of(rfc3339(alarm.acknowledged)));
  out.setAcknowledgedBy(text_of(alarm.acknowledged_by));
  out.setIncarnation(alarm.incarnation.value);
  out.setBefore(alarm.loss.before.value);
}

} // namespace muster::service
