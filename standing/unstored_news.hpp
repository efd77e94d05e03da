// What is decided and not on disk. A value; not for threads (actors/service/store_watch.hpp).
#pragma once

#include "messages/vocabulary/result.hpp"
#include "standing/settled_node.hpp"

#include <deque>
#include <unordered_map>

namespace muster::service {

/// By node: what is to be shown instead of its record.
using worse_states = std::unordered_map<node_id, state_ptr>;

/// Bad news that no record contains yet, and whether commits become durable.
class unstored_news {
public:
  static constexpr std::uint64_t late_ms = 5000;
  /// Names news that arrived.
  struct ticket {
    std::uint64_t value = 0;
  };

  void sent(boot_time now);
  /// Of the oldest that was sent.
  void answered(const status& stored);

  /// A machine told something by which it is untrusted, and other changes of it wait for the disk: that is
  /// shown until it had its turn, however that ends. `recorded` is what is on record meanwhile.
  ticket arrived(const node_id& id, const node_state& recorded, std::vector<finding> told);
  void had_its_turn(const node_id& id, ticket which);

  /// A change of what is on record as `before` is on its way to the disk. If the machine is untrusted by it,
  /// or its lease ends, and was not so before, that is shown from now on.
  void decided(const node_id& id, const node_state& before, const node_state& after);
  /// `state` is on record now; null: the node is forgotten. News that it does not contain stay.
  void settle(const node_id& id, const node_state* state);

  /// Whoever shows records reads this first: news that are on record by then are in what he reads.
  worse_states worse_than_recorded() const;
  /// fault busy: the oldest commit that was sent has no answer yet, and should have one.
  status answering(boot_time now) const;
  /// fault busy: commits fail, or are late. Then what is on disk is not all that is known.
  status healthy(boot_time now) const;

private:
  struct arrival {
    ticket which;
    state_ptr shown;
  };
  worse_states news_;
  std::unordered_map<node_id, std::vector<arrival>> arrived_;
  ticket newest_;
  std::deque<boot_time> under_way_;
  status last_;
};

} // namespace muster::service
