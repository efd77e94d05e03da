// What is decided and not on disk. A value; not for threads (actors/service/store_watch.hpp).
#pragma once

#include "messages/vocabulary/result.hpp"
#include "standing/settled_node.hpp"

#include <deque>
#include <unordered_map>

namespace muster::service {

/// Bad news that no record contains yet, and whether commits become durable.
class unstored_news {
public:
  static constexpr std::uint64_t late_ms = 5000;

  void sent(boot_time now);
  /// Of the oldest that was sent.
  void answered(const status& stored);

  /// A change of what is on record as `before` is on its way to the disk. If the machine is untrusted by it,
  /// and was not before, that is shown from now on.
  void decided(const node_id& id, const node_state& before, const node_state& after);
  /// `state` is on record now; null: the node is forgotten. News that it does not contain stay.
  void settle(const node_id& id, const node_state* state);

  /// What is to be shown instead of the record; null: the record.
  state_ptr worse_than_recorded(const node_id& id) const;
  /// fault busy: the oldest commit that was sent has no answer yet, and should have one.
  status answering(boot_time now) const;
  /// fault busy: commits fail, or are late. Then what is on disk is not all that is known.
  status healthy(boot_time now) const;

private:
  std::unordered_map<node_id, state_ptr> news_;
  std::deque<boot_time> under_way_;
  status last_;
};

} // namespace muster::service
