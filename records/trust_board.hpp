// The trust lists of the service, and which machine has which (docs/protocol.md 1), for everybody who must
// know at once.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace muster::service {

/// A list as `ras ca sign` made it.
struct numbered_trust_list {
  std::uint64_t number = 0;
  bytes list; ///< as crypto/trust_list.hpp lays it out
};

/// Every list that there was, the oldest first. Immutable once it is told.
using trust_lists = std::vector<numbered_trust_list>;

/// Bytes of lists that go out in one frame: it fits a stranger's.
inline constexpr std::size_t max_trust_delivery = std::size_t{48} * 1024;

/// Those above `number`, the oldest first, as many as a delivery takes and at least one if there is one: who
/// has them says so, and gets the rest.
std::vector<byte_view> newer_than(const trust_lists& lists, std::uint64_t number);
/// 0: there is none.
std::uint64_t newest_of(const trust_lists& lists);

/// One for the service. The rotation writes the lists; sessions read them, and write down what machines say
/// that they have.
class trust_board {
public:
  std::shared_ptr<const trust_lists> now() const { return lists_.load(); }
  void tell(trust_lists next) { lists_.store(std::make_shared<const trust_lists>(std::move(next))); }

  /// An enrolled machine says that it has this list on its disk; 0: none.
  void heard(const node_id& node, std::uint64_t number);
  /// What each said last, since this service started. It has machines that are no more: the caller counts
  /// those that are.
  std::map<node_id, std::uint64_t> told() const;

private:
  std::atomic<std::shared_ptr<const trust_lists>> lists_{std::make_shared<const trust_lists>()};
  mutable std::mutex mutex_;
  std::map<node_id, std::uint64_t> told_;
};

using trust_board_ptr = std::shared_ptr<trust_board>;

} // namespace muster::service
