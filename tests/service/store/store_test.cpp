// The Store actor: what it groups, and which reply each caller gets.
#include "service/store/store.hpp"
#include "tests/service/store/fixture.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

/// Counts groups. A batch with an erase_result cannot be stored.
class fake_writer final : public store_writer {
public:
  std::vector<commit_outcome> commit(std::span<const shared_batch> group) override {
    groups.push_back(group.size());
    std::vector<commit_outcome> out;
    for (const auto& batch : group) {
      const bool bad = std::holds_alternative<store_operation::erase_result>(batch->operations().front());
      out.push_back(bad ? commit_outcome{fault{errc::limit, "full"}} : commit_outcome{sequence{++newest_}});
    }
    return out;
  }
  sequence newest() const override { return {newest_}; }
  status usable() const override { return broken ? status{fault{errc::internal, "MDB_PANIC"}} : status{}; }

  result<std::size_t> number_files(const write_batch& batch, std::size_t done, std::size_t budget) override {
    if (numbering_fails) return fault{errc::io, "full"};
    numbered.push_back(std::min(budget, files_of(batch) - done));
    return done + numbered.back();
  }

  /// A pass of three steps; the second pass fails.
  result<bool> sweep(std::size_t) override {
    ++steps;
    if (steps == 4) return fault{errc::malformed, "claims: damaged"};
    return steps % 3 != 0;
  }

  std::vector<std::size_t> groups;
  std::vector<std::size_t> numbered; ///< files numbered, by step
  bool numbering_fails = false;
  bool broken = false;
  std::size_t steps = 0;

private:
  std::uint64_t newest_ = 0;
};

struct testing_config : caf::actor_system_config {
  testing_config() { set("scheduler.policy", caf::atom("testing")); }
};

runtime::log silent() {
  return runtime::log::to([](std::string_view) {}, runtime::log_level::error);
}

struct scheduled_store {
  testing_config config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  std::shared_ptr<fake_writer> writer = std::make_shared<fake_writer>();
  store_actor actor = system.spawn(store, store_dependencies{writer, silent()});
  caf::scoped_actor self{system};

  ~scheduled_store() {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    scheduler.run();
  }
  void send(shared_batch batch) { self->send(actor, std::move(batch)); }
  commit_outcome next_answer() {
    commit_outcome out{fault{errc::internal, "no answer"}};
    self->receive([&](const commit_outcome& answer) { out = answer; });
    return out;
  }
};

shared_batch good_batch() {
  write_batch batch;
  batch.append_audit(audit_record("x"));
  return std::move(batch).seal();
}

/// A batch with a list of `files` files.
shared_batch list_of(std::size_t files) {
  write_batch batch;
  batch.add_claims(node_id{bytes32{1}}, std::vector<file_claim>(files));
  batch.append_audit(audit_record("list"));
  return std::move(batch).seal();
}

shared_batch bad_batch() { return std::move(write_batch{}.erase_result({1})).seal(); }

} // namespace

TEST_CASE(
    "check 41: a database that accepts nothing any more ends the store, and waiting batches get no answer") {
  scheduled_store store;
  bool ended = false;
  store.actor->attach_functor([&] { ended = true; });
  store.writer->broken = true;
  store.send(bad_batch());
  store.scheduler.run();
  CHECK(ended);
  bool answered = false;
  store.self->receive([&](const commit_outcome&) { answered = true; },
                      caf::after(std::chrono::milliseconds{0}) >> [] {});
  CHECK_FALSE(answered);
}

TEST_CASE("the waiting messages form one group; answers come in order, after the commit") {
  scheduled_store store;
  for (int i = 0; i < 100; ++i)
    store.send(good_batch());
  store.scheduler.run();
  CHECK(store.writer->groups == std::vector<std::size_t>{100});
  for (std::uint64_t i = 1; i <= 100; ++i)
    CHECK(store.next_answer()->value == i);
  store.send(good_batch());
  store.scheduler.run();
  CHECK(store.writer->groups == std::vector<std::size_t>{100, 1});
  CHECK(store.next_answer()->value == 101);
}

TEST_CASE("a group has a maximum size") {
  scheduled_store store;
  for (int i = 0; i < 1100; ++i)
    store.send(good_batch());
  store.scheduler.run();
  std::size_t sum = 0;
  for (const auto group : store.writer->groups) {
    CHECK(group <= 512);
    sum += group;
  }
  CHECK(sum == 1100);
  CHECK(store.writer->groups.size() <= 4);
}

TEST_CASE("a group has a maximum size in bytes of raw logs, and full groups are committed at once") {
  scheduled_store store;
  const auto large = [] {
    write_batch batch;
    batch.append_log(node_number(1), 1, frame::adopt(bytes(store_state::largest_group_bytes / 4)), {});
    return std::move(batch).seal();
  };
  for (int i = 0; i < 6; ++i)
    store.send(large());
  store.scheduler.run();
  CHECK(store.writer->groups == std::vector<std::size_t>{4, 2});
}

TEST_CASE("only the batch that fails is answered with its fault") {
  scheduled_store store;
  store.send(good_batch());
  store.send(bad_batch());
  store.send(good_batch());
  store.scheduler.run();
  CHECK(store.next_answer()->value == 1);
  CHECK(store.next_answer().fault() == fault{errc::limit, "full"});
  CHECK(store.next_answer()->value == 2);
}

TEST_CASE("stop commits the batches gathered so far, and nothing after them") {
  scheduled_store store;
  store.send(good_batch());
  store.self->send(store.actor, stop_atom::value);
  store.send(good_batch());
  store.scheduler.run();
  CHECK(store.next_answer()->value == 1);
  CHECK(store.next_answer()->value == 1); // the reply to `stop`
  CHECK(store.next_answer().fault().code == errc::denied);
  CHECK(store.writer->groups == std::vector<std::size_t>{1});
}

TEST_CASE("files that no machine has are swept in steps, pass after pass, even after a pass that fails") {
  scheduled_store store;
  const auto pass = [&](std::chrono::nanoseconds time) {
    store.scheduler.run();
    store.scheduler.advance_time(time);
    store.scheduler.run();
  };
  pass(std::chrono::hours{11});
  CHECK(store.writer->steps == 0);
  pass(std::chrono::hours{1});
  CHECK(store.writer->steps == 1);
  pass(std::chrono::seconds{1});
  pass(std::chrono::seconds{1});
  CHECK(store.writer->steps == 3);
  pass(std::chrono::seconds{1}); // the pass was over
  CHECK(store.writer->steps == 3);
  pass(std::chrono::hours{12}); // fails
  CHECK(store.writer->steps == 4);
  pass(std::chrono::seconds{1});
  CHECK(store.writer->steps == 4);
  pass(std::chrono::hours{12});
  CHECK(store.writer->steps == 5);
  store.self->send(store.actor, stop_atom::value);
  pass(std::chrono::hours{12});
  CHECK(store.writer->steps == 5);
}

TEST_CASE("detached, over a real database: every answered batch is durable") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1U);
  caf::actor_system system{config};
  const auto actor = spawn_store(system, {std::move(opened->writer), silent()});
  caf::scoped_actor self{system};
  for (std::uint64_t n = 1; n <= 200; ++n) {
    write_batch batch;
    batch.append_result(node_number(n), result_record(node_number(n), n), state_number(n));
    self->send(actor, shared_batch{std::move(batch).seal()});
  }
  for (std::uint64_t n = 1; n <= 200; ++n) {
    self->receive([&](const commit_outcome& answer) {
      REQUIRE(answer.ok());
      CHECK(answer->value == n);
      CHECK(opened->reader->get<tables::results>({n}).ok());
    });
  }
  self->request(actor, std::chrono::seconds{30}, stop_atom::value)
      .receive([](const commit_outcome& last) { CHECK(last->value == 200); },
               [](const caf::error&) { FAIL("no answer to stop"); });
  self->send_exit(actor, caf::exit_reason::user_shutdown);
}

TEST_CASE(
    "check 25: the files of a long list get numbers in steps, and other batches are stored in between") {
  scheduled_store world;
  constexpr auto step = store_state::files_a_step;
  world.send(list_of(3 * step));
  world.send(good_batch());
  world.scheduler.run();
  CHECK(world.writer->numbered == std::vector<std::size_t>{step, step, step});
  CHECK(world.writer->groups == std::vector<std::size_t>{1, 1});
  CHECK(world.next_answer().value() == sequence{1}); // the short one's, although it came later
  CHECK(world.next_answer().value() == sequence{2});
}

TEST_CASE("a list that is short enough, or whose numbers cannot be assigned ahead, is stored at once") {
  scheduled_store world;
  world.send(list_of(store_state::files_a_step));
  world.scheduler.run();
  CHECK(world.writer->numbered.empty());
  world.writer->numbering_fails = true;
  world.send(list_of(3 * store_state::files_a_step));
  world.scheduler.run();
  CHECK(world.next_answer().ok());
  CHECK(world.next_answer().ok());
}

TEST_CASE("a store that is stopped commits its long lists") {
  scheduled_store world;
  world.send(list_of(3 * store_state::files_a_step));
  world.self->send(world.actor, stop_atom::value);
  world.scheduler.run();
  CHECK(world.writer->groups == std::vector<std::size_t>{1});
}
