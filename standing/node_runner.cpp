#include "standing/node_runner.hpp"

#include "records/record_codec.hpp"

namespace muster::service {

namespace {

result<node_entry> read_entry(const store_reader& store, const node_id& id) {
  const auto snapshot = store.snapshot(id);
  if (!snapshot) return snapshot.fault();
  node_entry out;
  const auto node = snapshot->node ? node_from(id, *snapshot->node) : snapshot->node.fault();
  if (node)
    out.node = std::make_shared<const node_record>(*node);
  else if (node.fault().code != errc::not_found)
    out.damage = damage_of_record(id, node.fault());
  const auto state = snapshot->state ? state_from(*snapshot->state) : snapshot->state.fault();
  if (state)
    out.state = std::make_shared<const node_state>(*state);
  else if (state.fault().code != errc::not_found)
    out.damage = damage_of_record(id, state.fault());
  return out;
}

} // namespace

std::string damage_of_record(const node_id& id, const fault& why) {
  const auto name = to_string(id);
  return "node " + name + ": its record cannot be read (" + why.check
         + "): the machine is not trusted, and nothing of it is changed; restore the database from a backup, "
           "or let it enrol again: muster node forget "
         + name + " --yes";
}

void node_runner::run(const node_id& id, decide how, told then, on_damage damaged, asker by) {
  wish one{std::move(how), std::move(then), damaged};
  if (const auto turn = busy_.find(id); turn != busy_.end()) {
    if (turn->second.size() >= (by == asker::machine ? most_of_machine : most_waiting))
      return one.then(fault{errc::busy, "this machine's changes already wait for the disk; try again later"});
    return turn->second.push_back(std::move(one));
  }
  start(id, std::move(one));
}

/// Whether a change of the node is under way now. If not, the wish is done with.
bool node_runner::start(const node_id& id, wish one) {
  auto entry = read_entry(*ports_.store, id);
  if (!entry) return one.then(entry.fault()), false;
  if (!entry->damage.empty() && one.damaged == on_damage::refused)
    return one.then(fault{errc::malformed, entry->damage}), false;
  const settled_node settled{id, *std::move(entry)};
  if (!one.renewed && settled.damage().empty() && renew(settled, one)) return true;
  auto made = one.how(settled);
  if (!made) return one.then(made.fault()), false;
  return send(settled, *std::move(made), one.then);
}

/// Whether the record is being renewed; then `before` waits for that. If the disk does not take the renewal,
/// `before` is decided without it, because its caller waits for an answer.
bool node_runner::renew(const settled_node& at, wish& before) {
  if (!ports_.renew) return false;
  auto made = ports_.renew(at);
  if (!made || !*made) return false;
  const auto& after = (*made)->after;
  if (after.node == at.node() && after.state == at.shared_state() && (*made)->batch.empty()) return false;
  // Called when the disk has answered. By then `before` is first in its line.
  const auto told = [this, id = at.id()](const result<sequence>& stored) {
    const auto line = busy_.find(id);
    if (!stored && line != busy_.end()) line->second.front().renewed = true;
  };
  if (!send(at, **std::move(made), told)) return false;
  busy_.at(at.id()).push_front(std::move(before));
  return true;
}

bool node_runner::send(const settled_node& settled, node_change made, const told& then) {
  const auto id = settled.id();
  const auto change = std::make_shared<node_change>(std::move(made));
  const bool has_result = change->result.has_value();
  if (change->batch.of() != id) {
    then(fault{errc::internal, "change: decided for another machine than " + to_string(id)});
    return false;
  }
  auto batch = take_batch(settled.entry(), *change);
  if (batch.empty()) return end(id, settled.node(), *change, then, sequence{}), false;
  if (change->after.node) all_.hold(*change->after.node);
  busy_.try_emplace(id);
  ports_.decided(id, settled, *change);
  ports_.commit(std::move(batch).seal(), [this, id, before = settled.node(), change, has_result,
                                          then](const result<sequence>& stored) {
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
  // All wishes that came meanwhile are in the line.
  while (!busy_.at(id).empty()) {
    auto one = std::move(busy_.at(id).front());
    busy_.at(id).pop_front();
    if (start(id, std::move(one))) return;
  }
  busy_.erase(id);
}

} // namespace muster::service
