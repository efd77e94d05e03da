#include "standing/unstored_news.hpp"

#include <algorithm>

namespace muster::service {

namespace {

bool is_untrusted(const node_state& state) noexcept { return state.verdict == verdict::contraindicated; }

} // namespace

node_state worse_of(node_state recorded, const worse_state& news) {
  if (news.told && is_untrusted(*news.told)) return *news.told;
  const bool another = std::ranges::any_of(
      news.named, [&](const boot_id& named) { return recorded.boot && *recorded.boot != named; });
  if (news.told || another) end_lease_until_whole_logs(recorded);
  return recorded;
}

unstored_news::ticket unstored_news::sent(boot_time now) {
  ++newest_.value;
  under_way_.emplace(newest_.value, now);
  return newest_;
}

void unstored_news::answered(ticket which, const status& stored) {
  under_way_.erase(which.value);
  last_ = stored;
}

unstored_news::ticket unstored_news::arrived(const node_id& id, const node_state& recorded,
                                             std::vector<finding> told) {
  auto shown = std::make_shared<node_state>(recorded);
  shown->verdict = verdict::contraindicated;
  end_lease(*shown);
  shown->findings.insert(shown->findings.begin(), std::make_move_iterator(told.begin()),
                         std::make_move_iterator(told.end()));
  shown->findings_total = std::max(shown->findings_total, static_cast<std::uint32_t>(shown->findings.size()));
  return arrived(id, std::move(shown), std::nullopt);
}

unstored_news::ticket unstored_news::named(const node_id& id, const boot_id& boot) {
  return arrived(id, nullptr, boot);
}

unstored_news::ticket unstored_news::arrived(const node_id& id, state_ptr shown,
                                             std::optional<boot_id> boot) {
  ++newest_.value;
  nodes_[id].arrived.push_back({newest_, std::move(shown), boot});
  return newest_;
}

void unstored_news::had_its_turn(const node_id& id, ticket which) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  std::erase_if(found->second.arrived, [&](const arrival& one) { return one.which.value == which.value; });
  forget_if_empty(id);
}

void unstored_news::had_no_turn(const node_id& id, ticket which) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  auto& all = found->second.arrived;
  const auto one =
      std::ranges::find_if(all, [&](const arrival& each) { return each.which.value == which.value; });
  if (one == all.end()) return;
  if (one->shown) keep(found->second, change_source::evidence, one->shown);
  all.erase(one);
  forget_if_empty(id);
}

void unstored_news::keep(of_node& one, change_source by, state_ptr shown) {
  auto& kept = one.lost[by];
  if (!kept || !is_untrusted(*kept) || is_untrusted(*shown)) kept = std::move(shown);
}

void unstored_news::forget_if_empty(const node_id& id) {
  const auto found = nodes_.find(id);
  if (found != nodes_.end() && found->second.empty()) nodes_.erase(found);
}

void unstored_news::decided(const node_id& id, const node_state& before, const node_state& after,
                            change_source by) {
  // What a machine showed against itself is news even if there is another reason already: that reason may be
  // lifted.
  const bool said = by == change_source::evidence || !is_untrusted(before);
  const bool ended = after.owes_whole_logs && !before.owes_whole_logs;
  auto& one = nodes_[id];
  one.under_way.reset();
  if ((is_untrusted(after) && said) || ended)
    one.under_way = {by, numbered(after, before.result)}; // its own result has no number yet
  forget_if_empty(id);
}

void unstored_news::lost(const node_id& id) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  auto& one = found->second;
  if (auto item = std::exchange(one.under_way, std::nullopt); item && item->by != change_source::people)
    keep(one, item->by, std::move(item->shown));
  forget_if_empty(id);
}

void unstored_news::landed(const node_id& id, const node_state* state, change_source by) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  auto& one = found->second;
  one.under_way.reset();
  std::erase_if(one.lost, [&](const auto& entry) {
    const auto& [source, told] = entry;
    if (state == nullptr || state->generation != told->generation) return true;
    // An attestation continues from the record, so it showed again whatever the news was about. One that only
    // asked for whole logs showed nothing.
    if (by == change_source::evidence && state->number > told->number)
      return is_untrusted(*state) || !state->owes_whole_logs;
    if (by == change_source::judgement && source == change_source::judgement)
      return state->appraisal_version >= told->appraisal_version;
    return state->owes_whole_logs && !is_untrusted(*told);
  });
  forget_if_empty(id);
}

worse_states unstored_news::worse_than_recorded() const {
  worse_states out;
  for (const auto& [id, one] : nodes_) {
    worse_state worst;
    const auto look = [&told = worst.told](const state_ptr& shown) {
      if (shown && (!told || (!is_untrusted(*told) && is_untrusted(*shown)))) told = shown;
    };
    if (one.under_way) look(one.under_way->shown);
    for (const auto& [source, shown] : one.lost)
      look(shown);
    for (const auto& arrival : one.arrived) {
      look(arrival.shown);
      if (arrival.boot) worst.named.push_back(*arrival.boot);
    }
    out.emplace(id, std::move(worst));
  }
  return out;
}

status unstored_news::answering(boot_time now) const {
  if (!under_way_.empty() && now.milliseconds >= under_way_.begin()->second.milliseconds + late_ms)
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
