#include "standing/node_register.hpp"

namespace muster::service {

bool node_register::taken(std::string_view name, const node_id& id) const {
  const auto found = names_.find(name);
  return found != names_.end() && found->second != id;
}

void node_register::take_names(const node_record& node) {
  if (!node.name.empty()) names_.try_emplace(node.name, node.id);
  if (node.candidate && !node.candidate->name.empty()) names_.try_emplace(node.candidate->name, node.id);
}

void node_register::hold(const node_record& wanted) {
  take_names(wanted);
  waiting_.note(wanted);
}

void node_register::settle(const node_record& node) {
  std::erase_if(names_, [&](const auto& one) { return one.second == node.id; });
  take_names(node);
  waiting_.note(node);
}

void node_register::forget(const node_id& id) {
  std::erase_if(names_, [&](const auto& one) { return one.second == id; });
  waiting_.erase(id);
}

} // namespace muster::service
