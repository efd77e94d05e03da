// What is known but not on disk yet, for the actors that must see it at once.
#pragma once

#include "standing/unstored_news.hpp"

#include <memory>
#include <mutex>

namespace muster::service {

/// `unstored_news` with a lock, one for the service. TrustMgr writes it; Cache and REST read it. It is not a
/// message, because bad news must not wait in a mailbox.
class store_watch {
public:
  unstored_news::ticket sent(boot_time now) {
    const std::lock_guard lock{mutex_};
    return news_.sent(now);
  }
  void answered(unstored_news::ticket which, const status& stored) {
    const std::lock_guard lock{mutex_};
    news_.answered(which, stored);
  }
  unstored_news::ticket arrived(const node_id& id, const node_state& recorded, std::vector<finding> told) {
    const std::lock_guard lock{mutex_};
    return news_.arrived(id, recorded, std::move(told));
  }
  unstored_news::ticket named(const node_id& id, const boot_id& boot) {
    const std::lock_guard lock{mutex_};
    return news_.named(id, boot);
  }
  void had_its_turn(const node_id& id, unstored_news::ticket which) {
    const std::lock_guard lock{mutex_};
    news_.had_its_turn(id, which);
  }
  void had_no_turn(const node_id& id, unstored_news::ticket which) {
    const std::lock_guard lock{mutex_};
    news_.had_no_turn(id, which);
  }
  void decided(const node_id& id, const node_state& before, const node_state& after, change_source by) {
    const std::lock_guard lock{mutex_};
    news_.decided(id, before, after, by);
  }
  void lost(const node_id& id) {
    const std::lock_guard lock{mutex_};
    news_.lost(id);
  }
  void landed(const node_id& id, const node_state* state, change_source by) {
    const std::lock_guard lock{mutex_};
    news_.landed(id, state, by);
  }
  worse_states worse_than_recorded() const {
    const std::lock_guard lock{mutex_};
    return news_.worse_than_recorded();
  }
  status answering(boot_time now) const {
    const std::lock_guard lock{mutex_};
    return news_.answering(now);
  }
  status healthy(boot_time now) const {
    const std::lock_guard lock{mutex_};
    return news_.healthy(now);
  }

private:
  mutable std::mutex mutex_;
  unstored_news news_;
};

using store_watch_ptr = std::shared_ptr<store_watch>;

} // namespace muster::service
