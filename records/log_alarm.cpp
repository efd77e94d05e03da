#include "records/log_alarm.hpp"

#include "appraisal/claims/field_check.hpp"
#include "crypto/digest.hpp"
#include "crypto/log_head.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::service {

namespace {

constexpr std::uint16_t alarm_version = 2;
constexpr std::uint16_t incarnation_version = 1;

crypto::log_acknowledgement acknowledged_part(const log_alarm& alarm) {
  return {alarm.loss, alarm.whole.size, alarm.whole.root, alarm.acknowledged, alarm.acknowledged_by};
}

} // namespace

std::string to_string(const head_name& name) { return std::to_string(name.size) + ':' + to_hex(name.root); }

content_address key_of(log_loss loss) { return {crypto::sha256(writer{}.u64_be(loss.before.value).take())}; }

result<log_alarm> acknowledge(log_alarm alarm, const head_name& whole, wall_time now, std::string who,
                              const crypto::private_key& key) {
  alarm.whole = whole;
  alarm.acknowledged = now;
  alarm.acknowledged_by = std::move(who);
  auto signature = crypto::sign_acknowledgement(acknowledged_part(alarm), key);
  if (!signature) return signature.fault();
  alarm.signature = std::move(*signature);
  return alarm;
}

std::string acknowledgement_text(const log_alarm& alarm) {
  return crypto::acknowledgement_text(acknowledged_part(alarm), alarm.signature);
}

log_alarm reopened(log_alarm alarm) {
  alarm.acknowledged = {};
  alarm.acknowledged_by.clear();
  alarm.whole = {};
  alarm.signature.clear();
  return alarm;
}

log_alarm verified_alarm(log_alarm alarm, const crypto::public_key& key) {
  if (alarm.stands()) return alarm;
  if (crypto::verify_acknowledgement(acknowledged_part(alarm), alarm.signature, key)) return alarm;
  return reopened(std::move(alarm));
}

record<records::LogIncarnation> to_record(const crypto::log_name& log, std::uint64_t first) {
  return make_record<records::LogIncarnation>([&](records::LogIncarnation::Builder out) {
    out.setVersion(incarnation_version);
    out.setLog(data_of(log.id));
    out.setPart(log.part);
    out.setFirst(first);
  });
}

result<begun_incarnation> begun_from(const view<records::LogIncarnation>& stored) {
  return stored.read([](records::LogIncarnation::Reader in) -> result<begun_incarnation> {
    appraisal::field_check check{"log incarnation"};
    check.version(in.getVersion(), incarnation_version);
    begun_incarnation out;
    const auto id = bytes_of(in.getLog());
    if (id.size() != out.log.id.size())
      check.fail("log", "has the wrong size");
    else
      std::ranges::copy(id, out.log.id.begin());
    out.log.part = in.getPart();
    out.first = in.getFirst();
    return check.done(out);
  });
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
    out.setIncarnation(in.incarnation.value);
    out.setBefore(in.loss.before.value);
    out.setWholeSize(in.whole.size);
    if (!in.stands()) out.setWholeRoot(data_of(in.whole.root));
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
    out.incarnation = {in.getIncarnation()};
    out.loss.before = {in.getBefore()};
    out.whole.size = in.getWholeSize();
    const auto whole = check.digest32("wholeRoot", in.getWholeRoot());
    if (!whole && !out.stands()) check.fail("wholeRoot", "is missing");
    out.whole.root = whole.value_or(bytes32{});
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
    if (heads->size() != 1) return fault{errc::malformed, "log head: expected exactly one"};
    return std::move(heads->front());
  });
}

} // namespace muster::service
