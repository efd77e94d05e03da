#include "tests/simulation/life.hpp"

#include "messages/view.hpp"
#include "records/record_codec.hpp"
#include "schemas/rest.capnp.h"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <cstdio>

namespace muster::simulation {

using namespace service;
using namespace std::chrono_literals;

plot plot_of(std::uint64_t seed) {
  liar::dice dice{seed ^ 0x706c6f74};
  plot out;
  out.machines = 2 + dice.below(3);
  out.people.pause = std::chrono::milliseconds{50 + dice.below(1500)};
  out.people.revokes = dice.one_in(6);
  out.people.forgets = dice.one_in(4);
  out.people.teaches = dice.one_in(4);
  out.people.reloads = dice.one_in(3);
  out.from_nothing = dice.one_in(16);
  out.machines_do = {4 + dice.below(30), 6 + dice.below(40), 6 + dice.below(40), 4 + dice.below(30),
                     6 + dice.below(40)};
  if (dice.one_in(3)) out.disk.fails_one_in = 2 + dice.below(20);
  if (dice.one_in(4)) out.disk.cuts_one_in = 10 + dice.below(60);
  if (dice.one_in(2)) out.crashes_one_in = 200 + dice.below(800);
  if (dice.one_in(2)) out.hangs_one_in = 100 + dice.below(400);
  if (dice.one_in(3)) out.jumps_one_in = 100 + dice.below(400);
  out.steps = 100 + dice.below(500);
  out.people.campaigns = dice.one_in(3);
  return out;
}

std::string to_string(const plot& of) {
  const auto word = [](const char* name, std::size_t n) {
    return std::string{" "} + name + "=" + std::to_string(n);
  };
  return "machines=" + std::to_string(of.machines) + word("steps", of.steps)
         + word("people", static_cast<std::size_t>(of.people.pause.count()))
         + word("revokes", of.people.revokes) + word("forgets", of.people.forgets)
         + word("teaches", of.people.teaches) + word("fails", of.disk.fails_one_in)
         + word("cuts", of.disk.cuts_one_in) + word("crashes", of.crashes_one_in)
         + word("hangs", of.hangs_one_in) + word("jumps", of.jumps_one_in)
         + word("implants", of.machines_do.implants_one_in) + word("reboots", of.machines_do.reboots_one_in)
         + word("drops", of.machines_do.drops_one_in) + word("dawdles", of.machines_do.dawdles_one_in)
         + word("breaks-off", of.machines_do.breaks_off_one_in) + word("reloads", of.people.reloads)
         + word("campaigns", of.people.campaigns) + word("from-nothing", of.from_nothing);
}

namespace {

bool is_good(const std::string& shown) {
  return shown == "trusted" || shown == "warning" || shown == "stale";
}

std::string findings_of(const store_reader& reader, const node_id& id) {
  const auto snapshot = reader.snapshot(id);
  if (!snapshot || !snapshot->state) return ": it has no state";
  const auto state = state_from(*snapshot->state).value();
  std::string out;
  for (const auto& one : state.findings)
    out += "; " + std::string{one.check} + " " + one.subject;
  return out;
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
  begin_service();
  for (std::size_t i = 0; i < machines_.size(); ++i)
    agents_.push_back(world_.system().spawn(agent, &around_, &machines_[i], &views_[i]));
  operators_ = world_.system().spawn(operators, &around_, &machines_, &people_);
}

life::~life() {
  service_.reset();
  std::vector<caf::actor> left{caf::actor_cast<caf::actor>(operators_)};
  for (const auto& one : agents_)
    left.push_back(caf::actor_cast<caf::actor>(one));
  world_.kill(left);
}

void life::begin_service() {
  service_ = std::make_unique<process>(world_, disk_, configured_, log_);
  around_.service = service_.get();
  ++around_.starts;
  newest_ = service_->reader().newest().value();
}

void life::crash() {
  disk_.crashed = false;
  service_.reset();
  around_.service = nullptr;
  for (const auto& one : agents_)
    caf::anon_send(one, gone_atom::value);
  book_.open.clear();
  back_at_ms_ = world_.now_ms() + world_.dice().below(2000);
  shown_.clear();
  // What is on record is what counts from now on.
  auto again = disk_.open(world_.dice());
  for (auto& [id, node] : book_.nodes) {
    node.delivered.clear();
    node.moving.clear();
    const bool forgetting = !std::exchange(node.forgetting, {}).empty();
    const auto stored = again.reader->get<tables::nodes>(id);
    if (!stored) {
      node.name.forget();
      node.group.forget();
      continue;
    }
    const auto record = node_from(id, *stored).value();
    if (!forgetting && !node.name.may_be(record.name))
      wrong("after a crash: the name of " + to_string(id) + " is " + record.name);
    if (!forgetting && !node.group.may_be(record.group))
      wrong("after a crash: the group of " + to_string(id) + " is " + record.group);
    node.name.begin_again(record.name);
    node.group.begin_again(record.group);
  }
}

void life::wrong(std::string what) {
  if (wrong_.empty()) wrong_ = "step " + std::to_string(world_.steps()) + ": " + std::move(what);
}

template <class More> void life::run_while(More&& more) {
  while (wrong_.empty() && more()) {
    if (service_ == nullptr && world_.now_ms() >= back_at_ms_) begin_service();
    if (!world_.step()) {
      check_lull();
      world_.pass();
      continue;
    }
    if (disk_.crashed) {
      crash();
      continue;
    }
    if (service_ == nullptr) continue;
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
  caf::anon_send(service_->core().trust, group_atom::value, id, group, std::string{"setup"});
  quiet_for(1s);
  auto asked = self->request(service_->core().references, caf::infinite, accept_atom::value,
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
    return world_.steps() < end;
  });
  people_ = {};
  around_.mood = {};
  disk_.mood = {};
  world_.let_go();
  quiet_for(15s);
  check_end();
  check_names();
  return wrong_;
}

void life::look() {
  caf::scoped_actor self{world_.system()};
  auto asked = self->request(service_->core().cache, caf::infinite, list_atom::value, node_query{});
  world_.run_alone(service_->core().cache);
  shown_.clear();
  asked.receive(
      [&](const rest_answer& answer) {
        const auto page = parse_view<rest::NodeList>(answer.value()).value();
        page.read([&](rest::NodeList::Reader in) {
          for (const auto one : in.getNodes())
            shown_.push_back({*node_id_from(text_of(one.getId())), std::string{text_of(one.getName())},
                              std::string{text_of(one.getGroup())}, std::string{text_of(one.getShown())},
                              one.getConnected()});
        });
      },
      [](const caf::error&) { FAIL("the cache does not answer"); });
}

/// What is on record of names and groups is what people were told, or may still be told.
void life::check_records() {
  std::map<std::string, node_id> names;
  for (auto& [id, node] : book_.nodes) {
    const auto stored = service_->reader().get<tables::nodes>(id);
    if (!stored) continue;
    const auto record = node_from(id, *stored).value();
    if (!record.name.empty() && !names.emplace(record.name, id).second)
      wrong("two machines are called " + record.name);
    const bool certain = node.forgetting.empty();
    if (certain && !node.name.may_be(record.name))
      wrong("the name of " + to_string(id) + " is " + record.name);
    if (certain && !node.group.may_be(record.group))
      wrong("the group of " + to_string(id) + " is " + record.group);
    if (node.revoked && record.standing != standing::revoked)
      wrong(to_string(id) + " is not revoked any more");
  }
  check_shown();
}

/// No better than what was acknowledged of this boot.
void life::check_shown() {
  if (book_.none_is_bad(&node_history::told)) return;
  look();
  for (const auto& one : shown_)
    if (is_good(one.shown) && book_.is_bad(book_.nodes[one.id].told))
      wrong(to_string(one.id) + " told an implant, and is shown as " + one.shown);
}

/// Nobody has anything to do, but for a disk that hangs: what was delivered counts, whether it could be
/// stored or not.
void life::check_lull() {
  if (service_ == nullptr || book_.none_is_bad(&node_history::delivered)) return;
  look();
  for (const auto& one : shown_) {
    const auto& node = book_.nodes[one.id];
    if (is_good(one.shown) && !node.may_be_forgotten && book_.is_bad(node.delivered))
      wrong(to_string(one.id) + " delivered an implant, and is shown as " + one.shown);
  }
}

/// Every name is free, or somebody has it.
void life::check_names() {
  for (const std::string name : machine_names) {
    if (!wrong_.empty()) return;
    look();
    const auto owner = std::ranges::find(shown_, name, &shown_node::name);
    const auto other = std::ranges::find_if(
        shown_, [&](const auto& one) { return one.name != name && one.shown != "revoked"; });
    if (other == shown_.end()) return;
    const bool taken = owner != shown_.end();
    caf::scoped_actor self{world_.system()};
    book_.nodes[other->id].name.forget();
    auto asked = self->request(service_->core().trust, caf::infinite, name_atom::value, other->id, name,
                               std::string{"check"});
    quiet_for(1s);
    if (!wrong_.empty()) return;
    asked.receive(
        [&](const change_reply& done) {
          if (done.ok() == taken)
            wrong("the name " + name
                  + (taken ? " is given twice" : " is nobody's, and refused: " + done.fault().check));
        },
        [](const caf::error&) { FAIL("no answer"); });
  }
}

void life::check_end() {
  look();
  for (const auto question : book_.open)
    wrong("question " + std::to_string(question) + " was not answered");
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    const auto id = machines_[i].keys.id();
    const auto& node = book_.nodes[id];
    const auto found = std::ranges::find(shown_, id, &shown_node::id);
    if (found == shown_.end()) {
      if (!node.may_be_revoked || !node.may_be_forgotten) wrong("nothing is shown of " + to_string(id));
      continue;
    }
    const std::set<std::string> used{machines_[i].implants.begin(), machines_[i].implants.end()};
    const bool revoked = found->shown == "revoked";
    if (node.revoked != revoked && node.revoked)
      wrong(to_string(id) + " was revoked, and is shown as " + found->shown);
    if (revoked) {
      if (!node.revoked && !node.may_be_revoked)
        wrong(to_string(id) + " is shown as revoked, and nobody did that");
      continue;
    }
    if (!views_[i].connected) wrong(to_string(id) + " does not get in");
    if (!found->connected) wrong(to_string(id) + " is in, and is shown as absent");
    // What a reference was perhaps taught is good or bad by what became of that.
    if (!used.empty() && !book_.is_bad(used)) continue;
    const auto* expected = book_.is_bad(used) ? "untrusted" : "trusted";
    if (found->shown != expected)
      wrong(to_string(id) + " is shown as " + found->shown + ", and should be " + expected
            + findings_of(service_->reader(), id));
  }
}

} // namespace muster::simulation
