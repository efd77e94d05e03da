#include "standing/node_register.hpp"

#include <algorithm>
#include <array>

namespace muster::service {

namespace {

/// The names that a record gives its node, or may give it; empty: none.
std::array<std::string_view, 2> names_of(const node_record& node) {
  return {node.name, node.candidate ? std::string_view{node.candidate->name} : std::string_view{}};
}

bool has(const node_record& node, std::string_view name) {
  const auto all = names_of(node);
  return std::ranges::find(all, name) != all.end();
}

} // namespace

bool node_register::taken(std::string_view name, const node_id& id) const {
  const auto found = names_.find(name);
  return found != names_.end() && found->second != id;
}

void node_register::take_names(const node_record& node) {
  for (const auto name : names_of(node)) {
    if (name.empty() || names_.contains(name)) continue; // its own, or another node came first
    names_.emplace(name, node.id);
    held_[node.id].emplace_back(name);
  }
}

void node_register::give_back(const node_id& id, const node_record* on_record) {
  const auto held = held_.find(id);
  if (held == held_.end()) return;
  std::erase_if(held->second, [&](const std::string& name) {
    if (on_record != nullptr && has(*on_record, name)) return false;
    names_.erase(name);
    return true;
  });
  if (held->second.empty()) held_.erase(held);
}

void node_register::hold(const node_record& wanted) {
  take_names(wanted);
  waiting_.note(wanted);
}

void node_register::settle(const node_record& node) {
  give_back(node.id, &node);
  take_names(node);
  waiting_.note(node);
}

void node_register::forget(const node_id& id) {
  give_back(id, nullptr);
  waiting_.erase(id);
}

} // namespace muster::service
