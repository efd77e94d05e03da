// From what a person types to the machine that is meant.
#pragma once

#include "actors/service/cache.hpp"
#include "records/store_port.hpp"

#include <string>
#include <unordered_map>

namespace muster::service {

/// Finds machines by an id, by the beginning of one, or by name. What it remembers of names is asked for
/// again in the record before it is believed: only a name that nobody has, or that is new, costs a look at
/// all records. For one thread.
class node_finder {
public:
  explicit node_finder(std::shared_ptr<const store_reader> store) : store_{std::move(store)} {}

  /// Digits mean an id, whoever is called by them: an id must never lead to another machine.
  /// fault conflict: more than one id begins so; fault not_found: nobody is meant; a fault of the store.
  resolved_node find(const std::string& meant);

private:
  result<std::optional<node_id>> begins_with(const std::string& digits) const;
  result<std::optional<node_id>> called(const std::string& name);
  bool is_called(const node_id& id, const std::string& name) const;

  std::shared_ptr<const store_reader> store_;
  std::unordered_map<std::string, node_id> names_; ///< as they were on record once
};

} // namespace muster::service
