// What TrustMgr knows of nodes: what is stored, with what is on its way to the store laid over it.
#pragma once

#include "records/node_record.hpp"
#include "records/store_port.hpp"

#include <memory>
#include <unordered_map>

namespace muster::service {

using node_ptr = std::shared_ptr<const node_record>;
using state_ptr = std::shared_ptr<const node_state>;

/// A node whose record and state belong together. `node` null: unknown.
struct node_entry {
  node_ptr node;
  state_ptr state; ///< never null: made by default for a node that never attested
};

/// Every change goes through here before it is committed, so that the next message about the node meets it
/// although the disk has it not yet. When its commit is answered the overlay goes: what is stored counts
/// again.
class node_book {
public:
  explicit node_book(std::shared_ptr<const store_reader> store) : store_{std::move(store)} {}

  /// fault: the store cannot be read, or the record is damaged.
  result<node_entry> find(const node_id& id) const;

  /// Lays `entry` over the stored one until `landed` was called as often as this.
  void lay(const node_id& id, node_entry entry);
  void landed(const node_id& id);
  bool on_its_way(const node_id& id) const { return overlay_.contains(id); }
  bool empty() const noexcept { return overlay_.empty(); }

private:
  struct laid {
    node_entry entry;
    unsigned commits = 0;
  };

  std::shared_ptr<const store_reader> store_;
  std::unordered_map<node_id, laid> overlay_;
};

} // namespace muster::service
