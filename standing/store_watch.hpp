// What is known and not on disk, for everybody who must know at once.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "standing/settled_node.hpp"

#include <deque>
#include <mutex>
#include <unordered_map>

namespace muster::service {

/// One for the service; safe from any thread. TrustMgr writes, Cache and REST read. Not a message: bad news
/// must not wait in a mailbox behind what it is about.
class store_watch {
public:
  static constexpr std::uint64_t late_ms = 5000;

  void sent(boot_time now);
  /// Of the oldest that was sent.
  void answered(const status& stored);

  /// A decision says that this machine is untrusted, and the record does not say it yet.
  void tell(const node_id& id, state_ptr decided);
  /// `state` is on record now; null: the node is forgotten. News that it does not contain stay.
  void settle(const node_id& id, const node_state* state);

  /// What is to be shown instead of the record; null: the record.
  state_ptr worse_than_recorded(const node_id& id) const;
  /// fault busy: commits fail, or are late. Then what is on disk is not all that is known.
  status healthy(boot_time now) const;

private:
  mutable std::mutex mutex_;
  std::unordered_map<node_id, state_ptr> news_;
  std::deque<boot_time> under_way_;
  status last_;
};

using store_watch_ptr = std::shared_ptr<store_watch>;

} // namespace muster::service
