#include "standing/unstored_news.hpp"

#include "standing/node_change.hpp"

namespace muster::service {

void unstored_news::sent(boot_time now) { under_way_.push_back(now); }

void unstored_news::answered(const status& stored) {
  if (!under_way_.empty()) under_way_.pop_front();
  last_ = stored;
}

void unstored_news::decided(const node_id& id, const node_state& before, const node_state& after) {
  if (after.verdict != verdict::contraindicated || before.verdict == verdict::contraindicated) return;
  news_[id] = numbered(after, before.result); // its own result has no number yet
}

void unstored_news::settle(const node_id& id, const node_state* state) {
  const auto found = news_.find(id);
  if (found == news_.end()) return;
  const auto& told = *found->second;
  // A later attestation went on from the record, so it was shown again whatever the news was about. A change
  // of something else, a name for example, knows nothing of news that could not be stored.
  const bool later = state == nullptr || state->generation != told.generation || state->number > told.number;
  const bool itself = state != nullptr && state->number == told.number
                      && state->appraisal_version >= told.appraisal_version && state->since >= told.since;
  if (later || itself) news_.erase(found);
}

state_ptr unstored_news::worse_than_recorded(const node_id& id) const {
  const auto found = news_.find(id);
  return found == news_.end() ? nullptr : found->second;
}

status unstored_news::answering(boot_time now) const {
  if (!under_way_.empty() && now.milliseconds >= under_way_.front().milliseconds + late_ms)
    return fault{errc::busy, "store: the disk does not answer; what is decided is not on record"};
  return {};
}

status unstored_news::healthy(boot_time now) const {
  if (auto late = answering(now); !late) return late;
  if (!last_)
    return fault{errc::busy, "store: " + last_.fault().check + "; what is decided is not on record"};
  return {};
}

} // namespace muster::service
