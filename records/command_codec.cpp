#include "records/field_codec.hpp"
#include "records/record_codec.hpp"

#include <array>

namespace muster::service {

std::string_view to_string(command_kind k) noexcept {
  constexpr std::array<std::string_view, 4> names{"attest", "renew", "reconfigure", "unregister"};
  const auto at = static_cast<std::size_t>(k);
  return at < names.size() ? names[at] : "unknown";
}

std::string_view to_string(command_outcome o) noexcept {
  constexpr std::array<std::string_view, 8> names{"open",    "sent",     "done",    "failed",
                                                  "expired", "replaced", "unknown", "interrupted"};
  const auto at = static_cast<std::size_t>(o);
  return at < names.size() ? names[at] : "unknown";
}

record<records::Command> to_record(const command_record& in) {
  return make_record<records::Command>([&](records::Command::Builder out) {
    out.setVersion(1);
    out.setNode(data_of(in.node.raw));
    out.setKind(static_cast<std::uint8_t>(in.kind));
    out.setOutcome(static_cast<std::uint8_t>(in.outcome));
    out.setIssuedMs(in.issued.milliseconds);
    out.setDeadlineBootId(data_of(in.service_boot.raw));
    out.setDeadlineMs(in.deadline.milliseconds);
    out.setIssuedBy(text_of(in.by));
    out.setText(text_of(in.text));
    out.setBeatMs(in.beat_ms);
    out.setJitterMs(in.jitter_ms);
    out.setLogLevel(text_of(in.log_level));
  });
}

result<command_record> command_from(command_id id, const view<records::Command>& stored) {
  return stored.read([&](records::Command::Reader in) -> result<command_record> {
    field_check check{"command record"};
    check.version(in.getVersion(), 1);
    command_record out;
    out.id = id;
    out.node.raw = check.digest32("node", in.getNode()).value_or(bytes32{});
    out.kind = check.value("kind", in.getKind(), command_kind::unregister);
    out.outcome = check.value("outcome", in.getOutcome(), command_outcome::interrupted);
    out.issued = {in.getIssuedMs()};
    if (in.getDeadlineBootId().size() != out.service_boot.raw.size())
      check.fail("deadlineBootId", "is not 16 bytes");
    else
      std::copy_n(in.getDeadlineBootId().begin(), out.service_boot.raw.size(), out.service_boot.raw.begin());
    out.deadline = {in.getDeadlineMs()};
    out.by = text_of(in.getIssuedBy());
    out.text = text_of(in.getText());
    out.beat_ms = in.getBeatMs();
    out.jitter_ms = in.getJitterMs();
    out.log_level = text_of(in.getLogLevel());
    return check.done(std::move(out));
  });
}

record<records::AuditEntry> audit_entry(wall_time when, std::string actor, std::string action,
                                        const node_id& node, std::string text) {
  return make_record<records::AuditEntry>([&](records::AuditEntry::Builder out) {
    out.setVersion(1);
    out.setWhenMs(when.milliseconds);
    out.setActor(text_of(actor));
    out.setAction(text_of(action));
    if (node != node_id{}) out.setNode(data_of(node.raw));
    out.setText(text_of(text));
  });
}

} // namespace muster::service
