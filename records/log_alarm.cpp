#include "records/log_alarm.hpp"

#include "appraisal/field_check.hpp"
#include "crypto/digest.hpp"
#include "crypto/log_head.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::service {

namespace {

constexpr std::uint16_t alarm_version = 1;

crypto::log_acknowledgement acknowledged_part(const log_alarm& alarm) {
  return {alarm.name.size, alarm.name.root, alarm.acknowledged, alarm.acknowledged_by};
}

} // namespace

std::string to_string(const head_name& name) { return std::to_string(name.size) + ':' + to_hex(name.root); }

content_address key_of(const head_name& name) {
  return {crypto::sha256(writer{}.u64_be(name.size).put(name.root).take())};
}

result<log_alarm> acknowledge(log_alarm alarm, wall_time now, std::string who,
                              const crypto::private_key& key) {
  alarm.acknowledged = now;
  alarm.acknowledged_by = std::move(who);
  auto signature = crypto::sign_acknowledgement(acknowledged_part(alarm), key);
  if (!signature) return signature.fault();
  alarm.signature = std::move(*signature);
  return alarm;
}

log_alarm verified_alarm(log_alarm alarm, const crypto::public_key& key) {
  if (alarm.stands()) return alarm;
  if (crypto::verify_acknowledgement(acknowledged_part(alarm), alarm.signature, key)) return alarm;
  alarm.acknowledged = {};
  alarm.acknowledged_by.clear();
  alarm.signature.clear();
  return alarm;
}

record<records::LogAlarm> to_record(const log_alarm& in) {
  return make_record<records::LogAlarm>([&](records::LogAlarm::Builder out) {
    out.setVersion(alarm_version);
    out.setSize(in.name.size);
    out.setRoot(data_of(in.name.root));
    out.setHeadMs(in.head_time.milliseconds);
    out.setFrom(text_of(in.from));
    out.setRaisedMs(in.raised.milliseconds);
    out.setAcknowledgedMs(in.acknowledged.milliseconds);
    out.setAcknowledgedBy(text_of(in.acknowledged_by));
    out.setSignature(data_of(in.signature));
  });
}

result<log_alarm> alarm_from(const view<records::LogAlarm>& stored) {
  return stored.read([](records::LogAlarm::Reader in) -> result<log_alarm> {
    appraisal::field_check check{"log alarm"};
    check.version(in.getVersion(), alarm_version);
    log_alarm out;
    out.name.size = in.getSize();
    const auto root = check.digest32("root", in.getRoot());
    if (!root) check.fail("root", "is missing");
    out.name.root = root.value_or(bytes32{});
    out.head_time = {in.getHeadMs()};
    out.from = std::string{text_of(in.getFrom())};
    out.raised = {in.getRaisedMs()};
    out.acknowledged = {in.getAcknowledgedMs()};
    out.acknowledged_by = std::string{text_of(in.getAcknowledgedBy())};
    out.signature = to_bytes(bytes_of(in.getSignature()));
    return check.done(std::move(out));
  });
}

record<records::LogHead> to_record(const crypto::signed_log_head& head) {
  return make_record<records::LogHead>(
      [&](records::LogHead::Builder out) { out.setHead(data_of(crypto::encode(head))); });
}

result<crypto::signed_log_head> head_from(const view<records::LogHead>& stored) {
  return stored.read([](records::LogHead::Reader in) -> result<crypto::signed_log_head> {
    auto heads = crypto::parse_log_heads(bytes_of(in.getHead()));
    if (!heads) return heads.fault();
    if (heads->size() != 1) return fault{errc::malformed, "log head: not one"};
    return std::move(heads->front());
  });
}

} // namespace muster::service
