#include "service/privacy_ca/trust_record.hpp"

#include "crypto/digest.hpp"
#include "messages/time_text.hpp"

#include <algorithm>

namespace muster::service {

namespace {

/// The beginning of the record's text. It is unique to this list.
std::string name_of(std::uint64_t number, byte_view list) {
  return "list " + std::to_string(number) + " (" + to_hex(crypto::sha256(list)) + ')';
}

bool says(const log_leaf& leaf, std::string_view name) {
  if (!leaf.record) return false;
  return leaf.record->read([&](records::AuditEntry::Reader in) {
    return text_of(in.getAction()) == rotation_action && text_of(in.getText()).starts_with(name);
  });
}

} // namespace

std::string rotation_text(const next_trust& next) {
  const auto& list = next.list.list;
  auto out = name_of(list.number, next.encoded) + ", until " + rfc3339(list.not_after) + "; anchors";
  for (const auto& one : list.anchors)
    out += ' ' + to_hex(crypto::sha256(one.der())).substr(0, 16);
  out += "; issuers";
  for (const auto& one : list.issuers)
    out += ' ' + to_hex(one).substr(0, 16);
  return out;
}

result<bool> is_on_record(const store_reader& store, std::uint64_t number, byte_view list) {
  const auto name = name_of(number, list);
  const auto size = store.log_size();
  if (!size) return size.fault();
  for (auto end = size->leaves; end != 0;) {
    const auto count = std::min<std::uint64_t>(end, store_reader::max_page);
    const auto page = store.log_leaves(end - count, static_cast<std::size_t>(count));
    if (!page) return page.fault();
    if (std::ranges::any_of(*page, [&](const auto& leaf) { return says(leaf, name); })) return true;
    end -= count;
  }
  return false;
}

} // namespace muster::service
