#include "records/store_batch.hpp"

#include "crypto/digest.hpp"

namespace muster::service {

write_batch& write_batch::append_result(const node_id& node, const record<records::Result>& result,
                                        std::shared_ptr<const node_state> state, result_stay stay) {
  return add(store_operation::append_result{node, result.message(), std::move(state), stay});
}

write_batch& write_batch::append_result(const node_id& node, const record<records::Result>& result) {
  return add(store_operation::append_result{node, result.message(), {}, result_stay::for_good});
}

write_batch& write_batch::list_result(const node_id& node, sequence at) {
  return add(store_operation::list_result{node, at});
}

write_batch& write_batch::append_audit(const record<records::AuditEntry>& entry) {
  return add(store_operation::append_audit{entry.message()});
}

write_batch& write_batch::erase_result(sequence at) {
  return add(store_operation::erase_result{at, std::nullopt});
}

write_batch& write_batch::erase_result(const node_id& node, sequence at) {
  return add(store_operation::erase_result{at, node});
}

write_batch& write_batch::add_claims(const node_id& node, std::vector<file_claim> files) {
  return add(store_operation::add_claims{node, std::move(files)});
}

write_batch& write_batch::clear_claims(const node_id& node) {
  return add(store_operation::clear_claims{node});
}

content_address write_batch::add_reference(const record<records::ReferenceSet>& set) {
  const content_address address{crypto::sha256(set.content())};
  add(store_operation::put{store_table::references, store_key{address}, set.message()});
  return address;
}

content_address write_batch::add_boot(const record<records::BootClaims>& boot) {
  const content_address address{crypto::sha256(boot.content())};
  add(store_operation::add_use{store_table::boots, address, boot.message()});
  return address;
}

content_address write_batch::add_policy(const record<records::Policy>& policy) {
  const content_address address{crypto::sha256(policy.content())};
  add(store_operation::put{store_table::policies, store_key{address}, policy.message()});
  return address;
}

write_batch& write_batch::drop_use(const content_address& address) {
  return add(store_operation::drop_use{address});
}

write_batch& write_batch::append_log(const node_id& node, std::uint32_t log, std::optional<frame> boot,
                                     std::vector<appraisal::log_piece> ima) {
  return add(store_operation::append_log{node, log, std::move(boot), std::move(ima)});
}

write_batch& write_batch::clear_log(const node_id& node, std::uint32_t log) {
  return add(store_operation::clear_log{node, log});
}

write_batch& write_batch::sweep_loose(std::size_t limit) { return add(store_operation::sweep_loose{limit}); }

std::size_t files_of(const write_batch& batch) noexcept {
  std::size_t out = 0;
  for (const auto& operation : batch.operations())
    if (const auto* claims = std::get_if<store_operation::add_claims>(&operation))
      out += claims->files.size();
  return out;
}

std::shared_ptr<const write_batch> write_batch::seal() && {
  return std::make_shared<const write_batch>(std::move(*this));
}

} // namespace muster::service
