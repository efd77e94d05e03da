// What breaks if these fail: two changes of one machine are on their way at once. The second was decided on a
// record that is outdated when it lands, and undoes the first. An implant that was found is then shown as
// trusted, or two machines get the same name.
#include "tests/standing/one_change_world.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::one_change;

TEST_CASE("check 30: a machine has one change on its way at a time, whatever the requests and whatever the "
          "disk does") {
  std::size_t stored = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    world w{seed};
    for (unsigned i = 0; i < 120; ++i) {
      w.step();
      w.check();
    }
    w.settle();
    w.check();
    stored += w.stored();
  }
  CHECK(stored > 3000); // otherwise nearly everything was refused, and the test proves nothing
}

TEST_CASE("check 25: while the disk hangs, a machine has a limited number of waiting changes; each is "
          "answered once") {
  slow_disk disk;
  node_register all;
  node_runner runner{{disk.reader(),
                      [&](shared_batch batch, node_runner::landed landed) {
                        disk.take(std::move(batch), std::move(landed));
                      },
                      [](const node_id&, const settled_node&, const node_change&) {},
                      [](const node_id&, node_change&) {}, [](const node_id&, const fault&) {}},
                     all};
  const auto who = a_machine(1, 1);
  std::size_t stored = 0, refused = 0, ordered = 0;
  for (int i = 0; i < 10'000; ++i)
    runner.run(
        who.id,
        [&](const settled_node& at) -> result<node_change> {
          auto made = admit(at, who, false, {}, all, {1000});
          if (!made) return made.fault();
          return std::move(made->change);
        },
        [&](const result<sequence>& outcome) {
          stored += outcome ? 1 : 0;
          refused += outcome ? 0 : 1;
          if (!outcome) CHECK(outcome.fault().code == errc::busy);
        },
        node_runner::on_damage::refused, node_runner::asker::machine);
  CHECK(refused == 10'000 - 1 - node_runner::most_of_machine);
  CHECK(stored == 0);
  // Operators' orders have their own places in the queue.
  for (int i = 0; i < 100; ++i)
    runner.run(
        who.id, [&](const settled_node& at) { return rename(at, "web", "ops", all, {2000}); },
        [&](const result<sequence>& outcome) { ordered += outcome ? 1 : 0; });
  bool other = false; // whether another machine's change is done without waiting for this one
  runner.run(
      a_machine(2, 1).id, [](const settled_node& at) { return expire_candidate(at, {1000}); },
      [&](const result<sequence>& outcome) { other = outcome.ok(); });
  CHECK(other);
  while (!disk.idle())
    disk.answer_one(true);
  CHECK(stored == 1 + node_runner::most_of_machine);
  CHECK(ordered == node_runner::most_waiting - node_runner::most_of_machine);
  CHECK(runner.idle());
}

TEST_CASE(
    "check 30: a change that was made for another machine is refused: it is not stored and takes no turn") {
  slow_disk disk;
  node_register all;
  std::optional<node_change> foreign;
  const auto of_other = [&](const settled_node&) { return result<std::optional<node_change>>{foreign}; };
  node_runner::ports ports{
      disk.reader(),
      [&](shared_batch batch, node_runner::landed landed) { disk.take(std::move(batch), std::move(landed)); },
      [](const node_id&, const settled_node&, const node_change&) {},
      [](const node_id&, node_change&) {},
      [](const node_id&, const fault&) {},
      of_other};
  node_runner runner{ports, all};
  const auto one = a_machine(1, 1);
  const auto other = a_machine(2, 1);
  runner.run(
      other.id,
      [&](const settled_node& at) -> result<node_change> {
        auto made = admit(at, other, false, {}, all, {1000});
        if (made) foreign = made->change;
        return fault{errc::denied, "not now"};
      },
      [](const result<sequence>&) {});
  REQUIRE(foreign.has_value());
  std::vector<errc> heard;
  for (int i = 0; i < 2; ++i)
    runner.run(
        one.id, [&](const settled_node&) { return result<node_change>{*foreign}; },
        [&](const result<sequence>& stored) {
          heard.push_back(stored ? errc::conflict : stored.fault().code);
        });
  CHECK(heard == std::vector<errc>{errc::internal, errc::internal});
  CHECK(disk.idle());
  CHECK(runner.idle());
}

TEST_CASE(
    "check 30: a change is decided on the durable record, not on the record at the time of the request") {
  slow_disk disk;
  node_register all;
  node_runner runner{{disk.reader(),
                      [&](shared_batch batch, node_runner::landed landed) {
                        disk.take(std::move(batch), std::move(landed));
                      },
                      [](const node_id&, const settled_node&, const node_change&) {},
                      [](const node_id&, node_change&) {}, [](const node_id&, const fault&) {}},
                     all};
  const auto who = a_machine(1, 1);
  const auto admit_one = [&](const settled_node& at) -> result<node_change> {
    auto made = admit(at, who, false, {}, all, {1000});
    if (!made) return made.fault();
    return std::move(made->change);
  };
  std::vector<std::string> seen; // names that the second and third change saw
  runner.run(who.id, admit_one, [](const result<sequence>&) {});
  for (const auto* name : {"a", "b"})
    runner.run(
        who.id,
        [&, name](const settled_node& at) {
          seen.push_back(at.node() ? at.node()->name : "unknown");
          return rename(at, name, "ops", all, {2000});
        },
        [](const result<sequence>&) {});
  CHECK(seen.empty());
  disk.answer_one(true);
  CHECK(seen == std::vector<std::string>{""}); // only one of them has run
  disk.answer_one(true);
  CHECK(seen == std::vector<std::string>{"", "a"});
  disk.answer_one(false);
  CHECK(record_of(disk.now(), who.id)->name == "a");
  CHECK(runner.idle());
  CHECK_FALSE(all.taken("b", a_machine(2, 1).id)); // a name that was not stored is free again
  CHECK(all.taken("a", a_machine(2, 1).id));
}

namespace {

/// A node whose record must be renewed before any other change.
struct renewed_first {
  slow_disk disk;
  node_register all;
  std::string wanted = "judged"; ///< the record is outdated until it has this name
  std::vector<std::string> seen; ///< names that other changes saw
  node_runner runner{{disk.reader(),
                      [this](shared_batch batch, node_runner::landed landed) {
                        disk.take(std::move(batch), std::move(landed));
                      },
                      [](const node_id&, const settled_node&, const node_change&) {},
                      [](const node_id&, node_change&) {}, [](const node_id&, const fault&) {},
                      [this](const settled_node& at) -> result<std::optional<node_change>> {
                        if (!at.node() || at.node()->name == wanted) return std::optional<node_change>{};
                        return std::optional{rename(at, wanted, "service", all, {1000}).value()};
                      }},
                     all};

  void ask(const node_id& id, bool* told = nullptr) {
    runner.run(
        id,
        [this](const settled_node& at) -> result<node_change> {
          seen.push_back(at.node()->name);
          node_change out{at, change_source::people};
          out.batch.enter({1000}, "node", "busy", {});
          return out;
        },
        [told](const result<sequence>&) {
          if (told != nullptr) *told = true;
        });
  }
};

} // namespace

TEST_CASE("check 30: a machine that keeps its record busy cannot hold off a new policy") {
  renewed_first w;
  const auto who = a_machine(1, 1);
  w.runner.run(
      who.id,
      [&](const settled_node& at) -> result<node_change> {
        return std::move(admit(at, who, false, {}, w.all, {1000}).value().change);
      },
      [](const result<sequence>&) {});
  w.disk.answer_one(true);
  // Its requests queue up endlessly. The first one decided after the policy change comes after the renewal.
  for (int round = 0; round < 5; ++round) {
    w.seen.clear();
    for (int i = 0; i < 5; ++i)
      w.ask(who.id);
    const auto decided_before = w.seen.size();
    w.wanted = "judged-" + std::to_string(round);
    while (!w.disk.idle())
      w.disk.answer_one(true);
    REQUIRE(w.seen.size() == 5);
    for (std::size_t i = decided_before; i < w.seen.size(); ++i)
      CHECK(w.seen[i] == w.wanted);
  }
  // If the disk refuses the renewal, the other changes do not wait forever.
  w.wanted = "later";
  bool told = false;
  w.ask(who.id, &told);
  for (int i = 0; i < 2; ++i)
    w.disk.answer_one(false);
  CHECK(told);
  CHECK(w.runner.idle());
}
