#include "standing/node_runner.hpp"

#include "records/record_codec.hpp"

namespace muster::service {

namespace {

result<node_entry> read_entry(const store_reader& store, const node_id& id) {
  const auto snapshot = store.snapshot(id);
  if (!snapshot) return snapshot.fault();
  node_entry out{nullptr, std::make_shared<const node_state>()};
  if (snapshot->node) {
    auto node = node_from(id, *snapshot->node);
    if (!node) return node.fault();
    out.node = std::make_shared<const node_record>(std::move(*node));
  } else if (snapshot->node.fault().code != errc::not_found)
    return snapshot->node.fault();
  if (snapshot->state) {
    auto state = state_from(*snapshot->state);
    if (!state) return state.fault();
    out.state = std::make_shared<const node_state>(std::move(*state));
  } else if (snapshot->state.fault().code != errc::not_found)
    return snapshot->state.fault();
  return out;
}

} // namespace

void node_runner::run(const node_id& id, decide how, told then) {
  wish one{std::move(how), std::move(then)};
  if (const auto turn = busy_.find(id); turn != busy_.end()) {
    if (turn->second.size() >= most_waiting)
      return one.then(fault{errc::busy, "this machine's changes wait for the disk already; come back later"});
    return turn->second.push_back(std::move(one));
  }
  start(id, one);
}

/// Whether the change is on its way now; else it is over.
bool node_runner::start(const node_id& id, const wish& one) {
  auto entry = read_entry(*ports_.store, id);
  if (!entry) return one.then(entry.fault()), false;
  const settled_node settled{id, *std::move(entry)};
  auto made = one.how(settled);
  if (!made) return one.then(made.fault()), false;
  const auto change = std::make_shared<node_change>(*std::move(made));
  const bool has_result = change->result.has_value();
  auto batch = take_batch(id, settled.entry(), *change);
  if (batch.empty()) return end(id, settled.node(), *change, one.then, sequence{}), false;
  if (change->after.node) all_.hold(*change->after.node);
  busy_.try_emplace(id);
  ports_.decided(id, settled, *change);
  ports_.commit(std::move(batch).seal(), [this, id, before = settled.node(), change, has_result,
                                          then = one.then](const result<sequence>& stored) {
    if (stored && has_result) change->after.state = numbered(*change->after.state, *stored);
    end(id, before, *change, then, stored);
    next(id);
  });
  return true;
}

void node_runner::end(const node_id& id, const node_ptr& before, node_change& change, const told& then,
                      const result<sequence>& stored) {
  const auto& on_record = stored ? change.after.node : before;
  if (on_record)
    all_.settle(*on_record);
  else
    all_.forget(id);
  if (stored)
    ports_.publish(id, change);
  else
    ports_.not_stored(id, stored.fault());
  then(stored);
}

void node_runner::next(const node_id& id) {
  // Whatever was asked for meanwhile has lined up.
  while (!busy_.at(id).empty()) {
    const auto one = std::move(busy_.at(id).front());
    busy_.at(id).pop_front();
    if (start(id, one)) return;
  }
  busy_.erase(id);
}

} // namespace muster::service
