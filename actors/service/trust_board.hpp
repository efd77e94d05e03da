// The trust lists, and which machine has which, for the actors that must know at once.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "records/trust_lists.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace muster::service {

/// One for the service. Rotation writes the lists. Sessions read them, and note which list each machine
/// reports.
class trust_board {
public:
  std::shared_ptr<const trust_lists> now() const { return lists_.load(); }
  void tell(trust_lists next) { lists_.store(std::make_shared<const trust_lists>(std::move(next))); }

  /// An enrolled machine says that this list is on its disk; 0: none.
  void heard(const node_id& node, std::uint64_t number) {
    const std::lock_guard lock{mutex_};
    reported_[node] = number;
  }
  /// The last number from each machine since this service started. Contains machines that no longer exist:
  /// the caller counts only those that do.
  std::map<node_id, std::uint64_t> told() const {
    const std::lock_guard lock{mutex_};
    return reported_;
  }

private:
  std::atomic<std::shared_ptr<const trust_lists>> lists_{std::make_shared<const trust_lists>()};
  mutable std::mutex mutex_;
  std::map<node_id, std::uint64_t> reported_;
};

using trust_board_ptr = std::shared_ptr<trust_board>;

} // namespace muster::service
