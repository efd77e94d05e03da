#include "actors/service/store_batch.hpp"

#include "crypto/digest.hpp"

namespace muster::service {

write_batch& write_batch::append_result(const node_id& node, const record<records::Result>& result,
                                        const record<records::State>& state) {
  return add(store_operation::append_result{node, result.message(), state.message()});
}

write_batch& write_batch::append_result(const node_id& node, const record<records::Result>& result) {
  return add(store_operation::append_result{node, result.message(), {}});
}

write_batch& write_batch::append_audit(const record<records::AuditEntry>& entry) {
  return add(store_operation::append_audit{entry.message()});
}

write_batch& write_batch::erase_result(sequence at) { return add(store_operation::erase_result{at}); }

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
  add(store_operation::put{store_table::boots, store_key{address}, boot.message()});
  return address;
}

content_address write_batch::add_blob(byte_view content) {
  const content_address address{crypto::sha256(content)};
  add(store_operation::put_blob{address, frame::copy_of(content)});
  return address;
}

write_batch& write_batch::erase_blob(const content_address& address) {
  return add(store_operation::erase{store_table::blobs, store_key{address}});
}

std::shared_ptr<const write_batch> write_batch::seal() && {
  return std::make_shared<const write_batch>(std::move(*this));
}

} // namespace muster::service
