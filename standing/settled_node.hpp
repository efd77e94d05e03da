// What is on record of a machine while no change of it is on its way to the store.
#pragma once

#include "records/node_record.hpp"

#include <memory>
#include <string>

namespace muster::service {

using node_ptr = std::shared_ptr<const node_record>;
using state_ptr = std::shared_ptr<const node_state>;

/// A node's record and the state that belongs to it. `node` null: unknown.
struct node_entry {
  node_ptr node;
  /// Never null; the default state for a node that never attested.
  state_ptr state = std::make_shared<const node_state>();
  /// Why one of them cannot be read; empty: both can. One that cannot be read counts as absent.
  std::string damage{};
};

/// What a change of a node is decided on. Only `node_runner` makes one, and gives it to one change at a time.
/// So a change that is decided on anything else, or on what may be out of date when it lands, does not
/// compile. Valid for that one call.
class settled_node {
public:
  settled_node(const settled_node&) = delete;
  settled_node& operator=(const settled_node&) = delete;

  const node_id& id() const noexcept { return id_; }
  const node_ptr& node() const noexcept { return entry_.node; }
  const node_state& state() const noexcept { return *entry_.state; }
  const state_ptr& shared_state() const noexcept { return entry_.state; }
  /// Only with `on_damage::told`; empty: record and state can be read.
  const std::string& damage() const noexcept { return entry_.damage; }
  const node_entry& entry() const noexcept { return entry_; }

private:
  friend class node_runner;
  settled_node(const node_id& id, node_entry entry) noexcept : id_{id}, entry_{std::move(entry)} {}

  const node_id& id_;
  node_entry entry_;
};

} // namespace muster::service
