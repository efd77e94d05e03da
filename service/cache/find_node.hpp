// Finds the machine that a person means by what they type.
#pragma once

#include "actors/service/cache.hpp"
#include "records/store_port.hpp"

#include <string>
#include <unordered_map>

namespace muster::service {

/// Finds a machine by its id, by the beginning of its id, or by its name. A remembered name is checked
/// against the record before it counts: only a name that is new, or that no machine has, costs a look at all
/// records. For one thread.
class node_finder {
public:
  explicit node_finder(std::shared_ptr<const store_reader> store) : store_{std::move(store)} {}

  /// Digits mean an id, even if a machine has them as its name: an id must never lead to another machine.
  /// fault conflict: more than one id begins with these digits; fault not_found: no machine matches; or a
  /// fault of the store.
  resolved_node find(const std::string& meant);

private:
  result<std::optional<node_id>> begins_with(const std::string& digits) const;
  result<std::optional<node_id>> called(const std::string& name);
  bool is_called(const node_id& id, const std::string& name) const;

  std::shared_ptr<const store_reader> store_;
  std::unordered_map<std::string, node_id> names_; ///< as last seen on record
};

} // namespace muster::service
