#include "service/trust_mgr/retention.hpp"

#include "actors/service/store_it.hpp"
#include "appraisal/bundle/result_codec.hpp"
#include "records/record_codec.hpp"
#include "service/trust_mgr/trust_mgr.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster::service {

namespace {

/// A tick looks at this many results, and sweeps this many contents without references: short transactions,
/// however much there is to do.
constexpr std::size_t results_a_tick = 256;
constexpr std::size_t loose_a_tick = 32;

/// What the store says about the node of a result.
kept_result describe(const store_reader& store, sequence at, const records::Result::Reader& in) {
  kept_result out{{}, {in.getDecidedMs()}, true, false};
  auto& id = out.node;
  if (in.getNode().size() != id.raw.size()) return out;
  std::copy_n(in.getNode().begin(), id.raw.size(), id.raw.begin());
  const auto snapshot = store.snapshot(id);
  // An unreadable node is treated as existing.
  if (!snapshot) return out;
  out.of_known_node = snapshot->node.ok() || snapshot->node.fault().code != errc::not_found;
  if (snapshot->state)
    out.newest = snapshot->state->read([&](records::State::Reader state) {
      return state.getResultSequence() == at.value || state.getProvenResult() == at.value;
    });
  return out;
}

} // namespace

bool goes(const kept_result& one, const retention_rules& rules, wall_time now, bool for_room) noexcept {
  if (!one.of_known_node) return true;
  if (one.newest) return false;
  const auto age = now.milliseconds - std::min(now.milliseconds, one.decided.milliseconds);
  return for_room || age > static_cast<std::uint64_t>(rules.results.count());
}

void result_shares::begin(std::uint64_t bound) {
  counted_ = std::exchange(counting_, {});
  share_ = bound / std::max<std::size_t>(counted_.size(), 1);
}

void result_shares::goes(const node_id& node, std::uint64_t size) {
  if (const auto found = counted_.find(node); found != counted_.end())
    found->second -= std::min(found->second, size);
}

bool result_shares::over(const node_id& node) const {
  const auto found = counted_.find(node);
  return found != counted_.end() && found->second > share_;
}

std::chrono::milliseconds pass_interval(const retention_rules& rules) noexcept {
  return std::clamp<std::chrono::milliseconds>(rules.results / 10, std::chrono::seconds{1},
                                               std::chrono::minutes{10});
}

void trust_mgr_state::retain_some(const moment& now) {
  if (retention_.storing || stopping_) return;
  const auto rules = deps_.rules->load()->retention;
  const auto size = deps_.reader->size();
  if (!size) return;
  write_batch batch;
  if (size->loose > 0) batch.sweep_loose(loose_a_tick);
  const auto pause = static_cast<std::uint64_t>(pass_interval(rules).count());
  const bool due = !retention_.begun || now.boot.milliseconds >= retention_.begun->milliseconds + pause;
  if (!retention_.passing && due) {
    retention_.passing = true;
    retention_.behind.reset();
    retention_.begun = now.boot;
    retention_.excess = size->results_bytes - std::min(size->results_bytes, rules.results_bytes);
    retention_.shares.begin(rules.results_bytes);
  }
  if (retention_.passing) pass_over_results(batch, rules, now.wall);
  forget_ended(now, batch);
  if (batch.empty()) return;
  retention_.storing = true;
  store_it(self_, deps_.store, std::move(batch).seal(), [this](const commit_outcome& stored) {
    retention_.storing = false;
    if (!stored) deps_.log.error("retention.not_stored", {runtime::fault_check(stored.fault())});
  });
}

void trust_mgr_state::pass_over_results(write_batch& batch, const retention_rules& rules, wall_time now) {
  const auto page = deps_.reader->page<tables::results>(retention_.behind, results_a_tick);
  if (!page) return void(retention_.passing = false);
  for (const auto& one : *page) {
    retention_.behind = one.key;
    if (!one.record) continue; // damaged: it does not name its node
    const auto kept =
        one.record->read([&](records::Result::Reader in) { return describe(*deps_.reader, one.key, in); });
    const auto size = one.record->content().size();
    const bool for_room = retention_.excess > 0 && retention_.shares.over(kept.node);
    if (!goes(kept, rules, now, for_room)) {
      retention_.shares.stays(kept.node, size);
      continue;
    }
    batch.erase_result(one.key);
    retention_.shares.goes(kept.node, size);
    retention_.excess -= std::min<std::uint64_t>(retention_.excess, size);
  }
  retention_.passing = page->size() == results_a_tick;
  if (retention_.passing) return;
  // The first pass had no counts to tell shares by, so the next one begins at once.
  if (!std::exchange(retention_.counted, true)) retention_.begun.reset();
}

} // namespace muster::service
