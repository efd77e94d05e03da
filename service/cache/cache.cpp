#include "service/cache/cache.hpp"

#include "actors/runtime/guard.hpp"
#include "records/log_text.hpp"
#include "records/record_codec.hpp"
#include "service/cache/show.hpp"
#include "standing/node_runner.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <iterator>

namespace muster::service {

namespace {

using self_pointer = cache_actor::stateful_pointer<cache_state>;

constexpr std::uint32_t max_list = 1000;
constexpr std::size_t max_damaged = 100; ///< that one page names
constexpr std::size_t page = 256;

moment now_of(const cache_state& state) {
  const auto& clock = *state.deps.clock;
  return {clock.boot(), clock.since_boot(), clock.wall()};
}

result<known_node> known_from(const cache_state& cache, const worse_states& news,
                              const node_snapshot& snapshot) {
  if (!snapshot.node) return snapshot.node.fault();
  auto node = node_from(snapshot.id, *snapshot.node);
  if (!node) return node.fault();
  const auto log = cache.deps.board->now();
  known_node out{std::move(*node), {}, presence::absent, log->records, log->after_loss, {}, 0};
  if (cache.connected.contains(snapshot.id)) out.session = presence::connected;
  if (const auto told = cache.unable.find(snapshot.id); told != cache.unable.end()) out.unable = told->second;
  const auto worse = news.find(snapshot.id);
  auto state = snapshot.state ? state_from(*snapshot.state) : snapshot.state.fault();
  if (!state && worse == news.end() && state.fault().code != errc::not_found) return state.fault();
  if (state) out.state = *std::move(state);
  if (worse != news.end()) out.state = worse_of(std::move(out.state), worse->second);
  return out;
}

/// Calls `visit` for each node after `after` until it returns false. A damaged record is reported to
/// `damaged`: one bad record hides one node only.
status each_node(const cache_state& cache, std::optional<node_id> after,
                 const std::function<bool(known_node&)>& visit,
                 const std::function<void(const node_id&, const fault&)>& damaged = {}) {
  for (;;) {
    const auto news = cache.deps.watch->worse_than_recorded();
    const auto found = cache.deps.store->snapshots(after, page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      auto known = known_from(cache, news, one);
      if (!known) {
        cache.deps.log.of_peer(runtime::log_level::error, "cache.bad_record", to_string(one.id),
                               {{"node", to_string(one.id)}, runtime::fault_check(known.fault())});
        if (damaged) damaged(one.id, known.fault());
      } else if (!visit(*known))
        return {};
    }
    if (found->size() < page) return {};
    after = found->back().id;
  }
}

rest_answer list(const cache_state& cache, const node_query& query) {
  const auto after = node_id_from(query.after);
  if (!query.after.empty() && !after) return fault{errc::malformed, "after: not a node id"};
  if (!query.shown.empty() && !display_from(query.shown))
    return fault{errc::malformed, "shown: no such word"};
  const auto limit = std::clamp(query.limit, 1U, max_list);
  const auto now = now_of(cache);
  std::vector<known_node> nodes;
  bool more = false;
  const bool rolled_back = cache.deps.board->rolled_back();
  // A damaged machine may belong to any group and deserve any word, so every query names it.
  std::vector<std::string> damaged;
  const auto read = each_node(
      cache, after,
      [&](known_node& one) {
        if (!query.group.empty() && one.node.group != query.group) return true;
        if (!query.shown.empty() && to_string(display_of(one, now)) != query.shown) return true;
        more = nodes.size() == limit;
        if (!more) nodes.push_back(std::move(one));
        return !more;
      },
      [&](const node_id& id, const fault& why) {
        if (damaged.size() < max_damaged) damaged.push_back(damage_of_record(id, why));
      });
  if (!read) return read.fault();
  return frame::adopt(build<rest::NodeList>([&](rest::NodeList::Builder out) {
    auto rows = out.initNodes(static_cast<unsigned>(nodes.size()));
    for (unsigned i = 0; i < nodes.size(); ++i)
      put_node(rows[i], nodes[i], now);
    if (more) out.setNext(text_of(to_string(nodes.back().node.id)));
    out.setRolledBack(rolled_back);
    auto lines = out.initDamaged(static_cast<unsigned>(damaged.size()));
    for (unsigned i = 0; i < damaged.size(); ++i)
      lines.set(i, text_of(damaged[i]));
  }));
}

rest_answer show(const cache_state& cache, const node_id& id) {
  const auto news = cache.deps.watch->worse_than_recorded();
  const auto snapshot = cache.deps.store->snapshot(id);
  if (!snapshot) return snapshot.fault();
  auto known = known_from(cache, news, *snapshot);
  if (!known && known.fault().code == errc::not_found) return known.fault();
  if (!known) return fault{known.fault().code, damage_of_record(id, known.fault())};
  if (const auto claims = cache.deps.store->claims_of(id)) known->measurements = claims->size();
  if (cache.deps.vendors)
    known->unvouched = why_unvouched(known->node, *cache.deps.vendors->load(), cache.deps.clock->wall());
  return frame::adopt(build<rest::NodeDetail>(
      [&](rest::NodeDetail::Builder out) { put_detail(out, *known, now_of(cache)); }));
}

/// Leaves are in the order of the records, so a binary search finds the leaf.
result<log_number> leaf_of(const cache_state& cache, sequence wanted) {
  const auto tally = cache.deps.store->log_size();
  if (!tally) return tally.fault();
  std::uint64_t low = 0; // leaves below it are of records before `wanted`
  for (auto high = tally->leaves; low < high;) {
    const auto middle = low + (high - low) / 2;
    const auto found = cache.deps.store->log_leaves(middle, 1);
    if (!found) return found.fault();
    if (!found->empty() && found->front().at <= wanted)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return fault{errc::not_found, "log: there is no record up to this one"};
  return log_number{low - 1};
}

rest_answer log_entries(const cache_state& cache, const log_query& query) {
  const auto limit = std::clamp(query.limit, 1U, max_list);
  const auto found = cache.deps.store->log_leaves(query.after ? *query.after + 1 : 0, limit);
  if (!found) return found.fault();
  return frame::adopt(build<rest::LogPage>([&](rest::LogPage::Builder out) {
    auto entries = out.initEntries(static_cast<unsigned>(found->size()));
    for (unsigned i = 0; i < found->size(); ++i)
      put_entry(entries[i], (*found)[i]);
    if (found->size() == limit) out.setNext(text_of(std::to_string(found->back().number.value)));
  }));
}

rest_answer log_heads(const cache_state& cache, const log_query& query) {
  const auto limit = std::clamp(query.limit, 1U, max_list);
  std::optional<log_number> after;
  if (query.after) after = log_number{*query.after};
  const auto found = cache.deps.store->page<tables::log_heads>(after, limit);
  if (!found) return found.fault();
  std::vector<crypto::signed_log_head> heads;
  for (const auto& one : *found) {
    auto head = one.record ? head_from(*one.record) : result<crypto::signed_log_head>{one.record.fault()};
    if (head) heads.push_back(std::move(*head)); // a damaged one proves nothing; the others do
  }
  return frame::adopt(build<rest::LogHeads>([&](rest::LogHeads::Builder out) {
    auto rows = out.initHeads(static_cast<unsigned>(heads.size()));
    for (unsigned i = 0; i < heads.size(); ++i)
      put_head(rows[i], heads[i]);
    if (found->size() == limit) out.setNext(text_of(std::to_string(found->back().key.value)));
  }));
}

/// All open alarms, since each must be acknowledged by its name, and as many of the others as fit a page.
result<std::vector<log_alarm>> alarms_to_show(const store_reader& store) {
  std::vector<log_alarm> out;
  std::size_t over = 0;
  std::optional<content_address> after;
  for (;;) {
    const auto found = store.page<tables::log_alarms>(after, page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      auto alarm = one.record ? alarm_from(*one.record) : result<log_alarm>{one.record.fault()};
      if (alarm && (alarm->stands() || over++ < page)) out.push_back(std::move(*alarm));
    }
    if (found->size() < page) return out;
    after = found->back().key;
  }
}

rest_answer log_status(const cache_state& cache) {
  const auto tally = cache.deps.store->log_size();
  if (!tally) return tally.fault();
  const auto state = cache.deps.board->now();
  const auto newest = crypto::parse_log_heads(state->head);
  const auto alarms = alarms_to_show(*cache.deps.store);
  if (!alarms) return alarms.fault();
  const auto& readable = *alarms;
  return frame::adopt(build<rest::LogStatus>([&](rest::LogStatus::Builder out) {
    out.setSize(tally->leaves);
    if (newest && !newest->empty()) put_head(out.initHead(), newest->front());
    out.setRolledBack(state->records == records_trust::rolled_back);
    auto rows = out.initAlarms(static_cast<unsigned>(readable.size()));
    for (unsigned i = 0; i < readable.size(); ++i)
      put_alarm(rows[i], readable[i]);
    out.setRefusedHeads(state->refused);
    out.setLostHeads(state->lost);
    out.setUnentered(tally->records - std::min(tally->records, tally->leaves));
  }));
}

} // namespace

cache_actor::behavior_type cache(self_pointer self, cache_deps deps) {
  self->state.finder.emplace(deps.store);
  self->state.deps = std::move(deps);
  runtime::guard(*self, self->state.deps.log, "cache");
  return {
      [self](const node_query& query) { return list(self->state, query); },
      [self](show_atom, const node_id& id) { return show(self->state, id); },
      [self](resolve_atom, const std::string& meant) { return self->state.finder->find(meant); },
      [self](const log_query& query) {
        return query.what == log_query::kind::entries ? log_entries(self->state, query)
                                                      : log_heads(self->state, query);
      },
      [self](log_atom) { return log_status(self->state); },
      [self](log_atom, sequence wanted) { return leaf_of(self->state, wanted); },
      [self](const node_presence& in) {
        const auto& [id, connected] = in;
        if (connected)
          self->state.connected.insert(id);
        else
          self->state.connected.erase(id);
      },
      [self](const missing_verdict& in) {
        const auto& [id, why] = in;
        auto& all = self->state.unable;
        if (why.empty()) return void(all.erase(id));
        const auto [one, first] = all.try_emplace(id);
        if (first) one->second.since = self->state.deps.clock->wall();
        one->second.why = why;
      },
  };
}

} // namespace muster::service
