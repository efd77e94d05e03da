#include "service/cache/find_node.hpp"

#include "records/record_codec.hpp"

#include <algorithm>
#include <iterator>

namespace muster::service {

namespace {

constexpr std::size_t records_at_once = 1024;

/// The largest id below all ids that begin with these digits; none if there is no such id.
std::optional<node_id> before_all(const std::string& digits) {
  auto id = *node_id_from(digits + std::string(to_string(node_id{}).size() - digits.size(), '0'));
  for (auto byte = id.raw.rbegin(); byte != id.raw.rend(); ++byte)
    if ((*byte)-- != 0) return id;
  return std::nullopt;
}

} // namespace

resolved_node node_finder::find(const std::string& meant) {
  if (const auto whole = node_id_from(meant)) return *whole;
  if (means_id(meant)) {
    std::string digits;
    std::ranges::transform(meant, std::back_inserter(digits), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const auto begun = begins_with(digits);
    if (!begun) return begun.fault();
    if (*begun) return **begun;
  }
  const auto named = called(meant);
  if (!named) return named.fault();
  if (*named) return **named;
  return fault{errc::not_found,
               "node: no machine has the name \"" + printable(meant, 64)
                   + "\", or an id that begins so (at least 8 digits); muster nodes lists them"};
}

result<std::optional<node_id>> node_finder::begins_with(const std::string& digits) const {
  if (digits.size() > to_string(node_id{}).size()) return std::optional<node_id>{};
  const auto next = store_->page<tables::nodes>(before_all(digits), 2);
  if (!next) return next.fault();
  const auto begins = [&](std::size_t i) {
    return i < next->size() && to_string((*next)[i].key).starts_with(digits);
  };
  if (begins(1))
    return fault{errc::conflict, "node: more than one begins with these digits; give more of them"};
  return begins(0) ? std::optional{next->front().key} : std::nullopt;
}

bool node_finder::is_called(const node_id& id, const std::string& name) const {
  const auto stored = store_->get<tables::nodes>(id);
  if (!stored) return false;
  const auto node = node_from(id, *stored);
  return node && node->name == name;
}

result<std::optional<node_id>> node_finder::called(const std::string& name) {
  if (const auto known = names_.find(name); known != names_.end() && is_called(known->second, name))
    return std::optional{known->second};
  names_.clear();
  for (std::optional<node_id> after;;) {
    const auto found = store_->page<tables::nodes>(after, records_at_once);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      if (!one.record) continue; // damaged: it hides one node
      auto node = node_from(one.key, *one.record);
      if (node && !node->name.empty()) names_.emplace(std::move(node->name), one.key);
    }
    if (found->size() < records_at_once) break;
    after = found->back().key;
  }
  const auto known = names_.find(name);
  return known == names_.end() ? std::nullopt : std::optional{known->second};
}

} // namespace muster::service
