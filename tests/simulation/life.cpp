#include "tests/simulation/life.hpp"

#include "records/record_codec.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <cstdio>

namespace muster::simulation {

using namespace service;
using namespace std::chrono_literals;

namespace {

/// docs/design.md 4, order of stopping: the bound for all steps together,
/// with the time always left for the last ones.
constexpr auto stop_within = 15s;
constexpr auto stop_ends_within = 15s + 500ms;

/// Whether a kept head covers more than `leaves` leaves. All heads are of the log before the restore.
bool is_longer_than(const node::kept_heads& kept, std::uint64_t leaves) {
  const auto heads = crypto::parse_log_heads(kept.encode());
  return !heads->empty() && heads->back().head.size > leaves;
}

} // namespace

const beginning& beginning_of(std::size_t machines) {
  static std::map<std::size_t, std::unique_ptr<beginning>> made;
  auto& out = made[machines];
  if (out) return *out;
  plot calm;
  calm.machines = machines;
  calm.from_nothing = true;
  life first{machines, calm, {}};
  const auto wrong = first.begin();
  if (!wrong.empty()) std::fprintf(stderr, "the beginning: %s\n", wrong.c_str());
  REQUIRE(wrong.empty());
  out = std::make_unique<beginning>();
  first.leave_to(*out);
  return *out;
}

life::life(std::uint64_t seed, const plot& what, runtime::log log)
    : plot_{what}, random_{seed}, world_{seed, what.from_nothing ? 0 : beginning_of(what.machines).at_ms},
      log_{std::move(log)}, disk_{what.from_nothing ? nullptr : &beginning_of(what.machines).kept},
      configured_{stock::configured()}, around_{world_, book_} {
  const auto& all = what.from_nothing ? shared_stock().machines : beginning_of(what.machines).machines;
  machines_.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(what.machines));
  views_.resize(machines_.size());
  disk_.ships_heads = what.ships_heads;
  // The challenges that a machine answered in the earlier life came before now.
  for (const auto& one : machines_)
    book_.nodes[one.keys.id()].challenged_ms = world_.now_ms();
  begin_service();
  for (std::size_t i = 0; i < machines_.size(); ++i)
    agents_.push_back(
        world_.system().spawn(agent, &around_, two_homes{&machines_[i], &machines_[i]}, &views_[i]));
  operators_ = world_.system().spawn(operators, &around_, &machines_, &people_);
}

life::~life() {
  service_.reset();
  std::vector<caf::actor> left{caf::actor_cast<caf::actor>(operators_)};
  for (const auto& one : agents_)
    left.push_back(caf::actor_cast<caf::actor>(one));
  for (const auto& one : seconds_)
    left.push_back(caf::actor_cast<caf::actor>(one.runs));
  world_.kill(left);
}

void life::begin_service() {
  service_ = std::make_unique<process>(world_, disk_, configured_, log_);
  around_.service = service_.get();
  ++book_.process;
  book_.ending = false;
  newest_ = service_->reader().newest().value();
}

void life::end_process() {
  disk_.crashed = false;
  service_.reset();
  around_.service = nullptr;
  book_.ending = true;
  for (const auto& one : agents_)
    caf::anon_send(one, gone_atom::value);
  for (const auto& one : seconds_)
    caf::anon_send(one.runs, gone_atom::value);
  back_at_ms_ = world_.now_ms() + world_.dice().below(2000);
  shown_.clear();
}

void life::read_record(const store_reader& reader, const node_id& id, node_history& node, disk_is now) {
  node.delivered.clear();
  node.moving.clear();
  const bool certain = node.forgetting.empty() && now == disk_is::as_it_was;
  node.forgetting.clear();
  const auto snapshot = reader.snapshot(id).value();
  if (now == disk_is::older) {
    node.told.clear();
    node.revoked = reader.get<tables::revocations>(id).ok();
    node.alarmed = snapshot.state && state_from(*snapshot.state)->alarm;
  }
  if (!snapshot.node) {
    node.name.forget();
    node.group.forget();
    return;
  }
  const auto record = node_from(id, *snapshot.node).value();
  if (certain && !node.name.may_be(record.name))
    wrong("after the end of a process: the name of " + to_string(id) + " is " + record.name);
  if (certain && !node.group.may_be(record.group))
    wrong("after the end of a process: the group of " + to_string(id) + " is " + record.group);
  node.name.begin_again(record.name);
  node.group.begin_again(record.group);
}

/// Takes the records as the known state from now on.
void life::read_records(disk_is now) {
  const auto again = disk_.open(world_.dice());
  book_.loss.service_gone(!standing_losses(*again.reader).empty());
  for (auto& [id, node] : book_.nodes)
    read_record(*again.reader, id, node, now);
  if (now == disk_is::older) note_loss(again.reader->log_size()->leaves);
}

void life::note_loss(std::uint64_t leaves) {
  bool witnessed = false;
  const auto look_at = [&](attester& one) {
    one.has_lost_head = one.restores_before_head == book_.restores && is_longer_than(one.heads, leaves);
    witnessed = witnessed || one.has_lost_head;
  };
  std::ranges::for_each(machines_, look_at);
  for (auto& one : seconds_)
    look_at(one.host);
  ++book_.restores;
  const auto shipped = head_file{disk_.head_file()}.last().value();
  const bool by_file = plot_.ships_heads && shipped && shipped->head.size > leaves;
  book_.loss.begin(witnessed || by_file);
  if (by_file) book_.loss.shown(); // the service reads the file when it starts
}

void life::crash() {
  end_process();
  book_.open.clear();
  read_records(disk_is::as_it_was);
}

void life::stop() {
  around_.service = nullptr; // accepts no more connections and requests
  book_.bridge_stopped();
  book_.ending = true;
  stopped_at_ms_ = world_.now_ms();
  service_->stop(stop_within);
}

void life::watch_stop() {
  const auto took = std::chrono::milliseconds{world_.now_ms() - stopped_at_ms_};
  const auto clean = service_->stopped();
  if (took > stop_ends_within) return wrong("a stop does not end");
  if (!clean) return;
  if (!*clean && took < stop_within) wrong("a stop gave up early");
  end_process();
  if (!*clean) book_.open.clear();
  read_records(disk_is::as_it_was);
}

void life::restore() {
  if (copy_ == nullptr) {
    copy_ = std::make_unique<disk>(&disk_);
    return;
  }
  end_process();
  book_.open.clear();
  disk_.copy_from(*std::exchange(copy_, nullptr));
  read_records(disk_is::older);
}

/// Adds a second host, with the kept state of the machine's agent; if there is one already, stops it.
void life::second_host() {
  const auto which = world_.dice().below(machines_.size());
  auto& history = book_.nodes[machines_[which].keys.id()];
  if (history.second_host) return stop_second_hosts(machines_[which].keys.id());
  if (!machines_[which].enrolled) return;
  auto& one = seconds_.emplace_back(second{machines_[which], {}, {}});
  const auto id = crypto::sha256(as_bytes("host " + std::to_string(world_.steps())));
  std::copy_n(id.begin(), one.host.real.id.raw.size(), one.host.real.id.raw.begin());
  if (plot_.relays) {
    one.host.keys.use_key(crypto::private_key::make_ec(crypto::curve::p256));
    one.host.enrolled = false;
  }
  history.second_host = history.had_second_host = true;
  history.delivered.clear();
  one.runs = world_.system().spawn(agent, &around_, two_homes{&one.host, &machines_[which]}, &one.view);
}

void life::stop_second_hosts(const std::optional<node_id>& of) {
  for (const auto& one : seconds_)
    if (!of || one.host.keys.id() == *of) caf::anon_send(one.runs, leave_atom::value);
}

void life::wrong(std::string what) {
  if (wrong_.empty()) wrong_ = "step " + std::to_string(world_.steps()) + ": " + std::move(what);
}

template <class More> void life::run_while(More&& more) {
  while (wrong_.empty() && more()) {
    if (service_ == nullptr && world_.now_ms() >= back_at_ms_) begin_service();
    if (service_ != nullptr && service_->stopping()) watch_stop();
    if (!world_.step()) {
      check_lull();
      world_.pass();
      continue;
    }
    if (disk_.crashed) {
      crash();
      continue;
    }
    if (!serves()) continue;
    const auto now = service_->reader().newest().value();
    if (now != newest_) check_records();
    newest_ = now;
    if (world_.steps() % 64 == 0) check_shown();
  }
}

void life::quiet_for(std::chrono::milliseconds time) {
  const auto end = world_.now_ms() + static_cast<std::uint64_t>(time.count());
  run_while([&] { return world_.now_ms() < end; });
}

void life::teach(const std::string& group, std::size_t machine) {
  const auto id = machines_[machine].keys.id();
  caf::scoped_actor self{world_.system()};
  caf::anon_send(service_->core().trust, group_move{id, group, std::string{"setup"}});
  quiet_for(1s);
  auto asked = self->request(service_->core().references, caf::infinite,
                             accept_request{group, id, {}, "setup", guard::overruled});
  quiet_for(1s);
  if (!wrong_.empty()) return;
  asked.receive(
      [&](const rest_answer& done) {
        if (!done) wrong("group " + group + " is taught nothing: " + done.fault().check);
      },
      [](const caf::error&) { FAIL("no answer"); });
}

std::string life::begin() {
  quiet_for(6s);
  teach("web", 0);
  teach("db", 1);
  quiet_for(5s);
  check_end();
  return wrong_;
}

void life::leave_to(beginning& out) {
  service_.reset();
  around_.service = nullptr;
  out.kept.copy_from(disk_);
  out.machines = machines_;
  out.at_ms = world_.passed_ms();
}

std::string life::run() {
  if (plot_.from_nothing && !begin().empty()) return "before anything happened: " + wrong_;
  turmoil();
  people_ = {};
  around_.mood = {};
  disk_.mood = {};
  world_.let_go();
  around_.calm = true;
  if (book_.restores != 0) end_losses();
  quiet_for(15s);
  // A machine that had been told to stay away may bring its head only now.
  if (book_.restores != 0 && wrong_.empty() && service_->core().board->rolled_back()) {
    end_losses();
    quiet_for(15s);
  }
  if (wrong_.empty() && !seconds_.empty()) end_alarms();
  if (wrong_.empty()) check_end();
  if (wrong_.empty()) check_names();
  return wrong_;
}

void life::turmoil() {
  people_ = plot_.people;
  around_.mood = plot_.machines_do;
  disk_.mood = plot_.disk;
  auto& dice = world_.dice();
  const auto happens = [&](std::size_t one_in) { return one_in != 0 && dice.one_in(one_in); };
  const auto end = world_.steps() + plot_.steps;
  run_while([&] {
    if (service_ && happens(plot_.crashes_one_in)) crash();
    if (service_ && happens(plot_.hangs_one_in))
      world_.hold(service_->core().store, world_.now_ms() + dice.below(40'000));
    if (happens(plot_.jumps_one_in))
      world_.jump(static_cast<std::int64_t>(dice.below(20'000'000)) - 10'000'000);
    if (serves() && happens(plot_.seconds_one_in)) second_host();
    if (serves() && happens(plot_.restores_one_in)) restore();
    if (serves() && happens(plot_.stops_one_in)) stop();
    return world_.steps() < end;
  });
}

} // namespace muster::simulation
