#include "standing/unstored_news.hpp"

#include "standing/node_change.hpp"

namespace muster::service {

namespace {

bool is_untrusted(const node_state& state) noexcept { return state.verdict == verdict::contraindicated; }

} // namespace

void unstored_news::sent(boot_time now) { under_way_.push_back(now); }

void unstored_news::answered(const status& stored) {
  if (!under_way_.empty()) under_way_.pop_front();
  last_ = stored;
}

unstored_news::ticket unstored_news::arrived(const node_id& id, const node_state& recorded,
                                             std::vector<finding> told) {
  auto shown = std::make_shared<node_state>(recorded);
  shown->verdict = verdict::contraindicated;
  shown->lease = {};
  shown->valid_until = {};
  shown->findings.insert(shown->findings.begin(), std::make_move_iterator(told.begin()),
                         std::make_move_iterator(told.end()));
  shown->findings_total = std::max(shown->findings_total, static_cast<std::uint32_t>(shown->findings.size()));
  ++newest_.value;
  arrived_[id].push_back({newest_, std::move(shown)});
  return newest_;
}

void unstored_news::had_its_turn(const node_id& id, ticket which) {
  const auto found = arrived_.find(id);
  if (found == arrived_.end()) return;
  std::erase_if(found->second, [&](const arrival& one) { return one.which.value == which.value; });
  if (found->second.empty()) arrived_.erase(found);
}

void unstored_news::decided(const node_id& id, const node_state& before, const node_state& after) {
  const bool failed = is_untrusted(after) && !is_untrusted(before);
  const bool ended = after.lease_ended && !before.lease_ended;
  if (!failed && !ended) return;
  auto& told = news_[id];
  if (told && is_untrusted(*told) && !failed) return;
  told = numbered(after, before.result); // its own result has no number yet
}

void unstored_news::settle(const node_id& id, const node_state* state) {
  const auto found = news_.find(id);
  if (found == news_.end()) return;
  const auto& told = *found->second;
  // A later attestation went on from the record, so it was shown again whatever the news was about; one that
  // only asked for whole logs showed nothing. A change of something else, a name for example, knows nothing
  // of news that could not be stored.
  const bool later = state == nullptr || state->generation != told.generation
                     || (state->number > told.number && (is_untrusted(*state) || !state->lease_ended));
  const bool itself = state != nullptr && state->number == told.number
                      && state->appraisal_version >= told.appraisal_version && state->since >= told.since
                      && (state->lease_ended || !told.lease_ended);
  if (later || itself) news_.erase(found);
}

worse_states unstored_news::worse_than_recorded() const {
  auto out = news_;
  for (const auto& [id, arrived] : arrived_)
    if (auto& shown = out[id]; !shown || !is_untrusted(*shown)) shown = arrived.front().shown;
  return out;
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
