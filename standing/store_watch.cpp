#include "standing/store_watch.hpp"

namespace muster::service {

void store_watch::sent(boot_time now) {
  const std::lock_guard lock{mutex_};
  under_way_.push_back(now);
}

void store_watch::answered(const status& stored) {
  const std::lock_guard lock{mutex_};
  if (!under_way_.empty()) under_way_.pop_front();
  last_ = stored;
}

void store_watch::tell(const node_id& id, state_ptr decided) {
  const std::lock_guard lock{mutex_};
  news_[id] = std::move(decided);
}

void store_watch::settle(const node_id& id, const node_state* state) {
  const std::lock_guard lock{mutex_};
  const auto found = news_.find(id);
  if (found == news_.end()) return;
  const auto& told = *found->second;
  // A change of something else, a name for example, knows nothing of news that could not be stored.
  const bool contained =
      state == nullptr || state->generation != told.generation
      || (state->number >= told.number && state->appraisal_version >= told.appraisal_version
          && state->since >= told.since);
  if (contained) news_.erase(found);
}

state_ptr store_watch::worse_than_recorded(const node_id& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = news_.find(id);
  return found == news_.end() ? nullptr : found->second;
}

status store_watch::healthy(boot_time now) const {
  const std::lock_guard lock{mutex_};
  if (!under_way_.empty() && now.milliseconds >= under_way_.front().milliseconds + late_ms)
    return fault{errc::busy, "store: the disk does not answer; what is decided is not on record"};
  if (!last_)
    return fault{errc::busy, "store: " + last_.fault().check + "; what is decided is not on record"};
  return {};
}

} // namespace muster::service
