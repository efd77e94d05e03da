// The trust lists, and which machine has which, for everybody who must know at once.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "records/trust_lists.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace muster::service {

/// One for the service. Rotation writes the lists; sessions read them, and write down what machines say that
/// they have.
class trust_board {
public:
  std::shared_ptr<const trust_lists> now() const { return lists_.load(); }
  void tell(trust_lists next) { lists_.store(std::make_shared<const trust_lists>(std::move(next))); }

  /// An enrolled machine says that it has this list on its disk; 0: none.
  void heard(const node_id& node, std::uint64_t number) {
    const std::lock_guard lock{mutex_};
    told_[node] = number;
  }
  /// What each said last, since this service started. It has machines that are no more: the caller counts
  /// those that are.
  std::map<node_id, std::uint64_t> told() const {
    const std::lock_guard lock{mutex_};
    return told_;
  }

private:
  std::atomic<std::shared_ptr<const trust_lists>> lists_{std::make_shared<const trust_lists>()};
  mutable std::mutex mutex_;
  std::map<node_id, std::uint64_t> told_;
};

using trust_board_ptr = std::shared_ptr<trust_board>;

} // namespace muster::service
