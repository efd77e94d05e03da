#include "appraisal/claims/field_codec.hpp"
#include "crypto/digest.hpp"
#include "records/command_batch.hpp"
#include "records/record_codec.hpp"

namespace muster::service {

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
  });
}

result<command_record> command_from(command_id id, const view<records::Command>& stored) {
  return stored.read([&](records::Command::Reader in) -> result<command_record> {
    appraisal::field_check check{"command record"};
    check.version(in.getVersion(), 1);
    command_record out;
    out.id = id;
    out.node.raw = check.digest32("node", in.getNode()).value_or(bytes32{});
    out.kind = check.value<command_kind>("kind", in.getKind());
    out.outcome = check.value<command_outcome>("outcome", in.getOutcome());
    out.issued = {in.getIssuedMs()};
    if (in.getDeadlineBootId().size() != out.service_boot.raw.size())
      check.fail("deadlineBootId", "is not 16 bytes");
    else
      std::copy_n(in.getDeadlineBootId().begin(), out.service_boot.raw.size(), out.service_boot.raw.begin());
    out.deadline = {in.getDeadlineMs()};
    out.by = text_of(in.getIssuedBy());
    out.text = text_of(in.getText());
    return check.done(std::move(out));
  });
}

content_address newest_command_key() { return {crypto::sha256(as_bytes("newest command"))}; }

record<records::Settings> newest_command_record(command_id newest) {
  return make_record<records::Settings>(
      [&](records::Settings::Builder out) { out.setNewestCommand(newest.value); });
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
