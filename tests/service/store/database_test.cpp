#include "tests/service/store/fixture.hpp"

#include <sys/stat.h>
#include <thread>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

TEST_CASE("committed data is there after a restart, and sequence numbers continue") {
  const temporary_folder folder;
  const auto id = node_number(1);
  {
    auto opened = open_database(folder.options());
    REQUIRE_MESSAGE(opened.ok(), opened.fault().check);
    CHECK(opened->reader->newest()->value == 0);
    CHECK(opened->reader->get<tables::nodes>(id).fault().code == errc::not_found);
    write_batch batch;
    batch.put<tables::nodes>(id, named_node("rack-7"));
    batch.append_result(id, result_record(id, 5, 1000), state_number(5));
    batch.append_audit(audit_record("enrolled"));
    const auto outcome = commit(*opened, std::move(batch));
    REQUIRE_MESSAGE(outcome.ok(), outcome.fault().check);
    CHECK(outcome->value == 2);
    CHECK(commit(*opened, std::move(write_batch{}.erase_result({2})))->value == 2);
    write_batch gone;
    gone.append_result(id, result_record(id, 6));
    CHECK(commit(*opened, std::move(gone))->value == 3);
    CHECK(commit(*opened, std::move(write_batch{}.erase_result({3}))).ok());
  }
  auto again = open_database(folder.options());
  REQUIRE(again.ok());
  CHECK(name_of(again->reader->get<tables::nodes>(id)) == "rack-7");
  const auto state = again->reader->get<tables::states>(id);
  REQUIRE(state.ok());
  CHECK(state->read([](records::State::Reader s) { return s.getResultSequence(); }) == 1);
  CHECK(again->reader->get<tables::results>({1}).ok());
  CHECK(again->reader->get<tables::audit>({2}).ok());
  write_batch next;
  next.append_audit(audit_record("next"));
  CHECK(commit(*again, std::move(next))->value == 4); // 3 was given, then erased
}

TEST_CASE("only one process at a time opens the database, and only its owner can read the folder") {
  const temporary_folder folder;
  auto first = open_database(folder.options());
  REQUIRE(first.ok());
  const auto second = open_database(folder.options());
  CHECK(second.fault().code == errc::conflict);
  CHECK_MESSAGE(second.fault().check.find(folder.options().folder.string()) != std::string::npos,
                second.fault().check); // every fault of opening names its database
  struct stat info {};
  REQUIRE(::stat(folder.options().folder.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0700U);
  first = fault{errc::internal, "closed"};
  CHECK(open_database(folder.options()).ok());
}

TEST_CASE("a database of another format is refused with a clear text") {
  const temporary_folder folder;
  {
    const auto env = environment::open(folder.options());
    REQUIRE(env.ok());
    auto txn = transaction::begin(**env, transaction::mode::write);
    REQUIRE(put_counter(**env, *txn, counter::format, environment::format + 1).ok());
    REQUIRE(txn->commit().ok());
  }
  const auto opened = open_database(folder.options());
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.fault().code == errc::unsupported);
  CHECK(opened.fault().check.find("format " + std::to_string(environment::format + 1)) != std::string::npos);
}

// Otherwise, after an upgrade, an operator would read "MDB_NOTFOUND", or tables would be added to a database
// that is then refused.
TEST_CASE("an older format is refused before its tables are opened, with the remedy") {
  const temporary_folder folder;
  {
    const auto env = environment::open(folder.options());
    REQUIRE(env.ok());
    auto txn = transaction::begin(**env, transaction::mode::write);
    REQUIRE(put_counter(**env, *txn, counter::format, environment::format - 1).ok());
    REQUIRE(mdb_drop(txn->handle(), (*env)->table(store_table::policies), 1) == 0);
    REQUIRE(txn->commit().ok());
  }
  const auto opened = open_database(folder.options());
  const auto inspected = inspect_database(folder.options().folder);
  for (const auto& why : {opened ? fault{} : opened.fault(), inspected ? fault{} : inspected.fault()}) {
    CHECK(why.code == errc::unsupported);
    CHECK(why.check.find(folder.options().folder.string()) != std::string::npos);
    CHECK(why.check.find("format " + std::to_string(environment::format - 1)) != std::string::npos);
    CHECK(why.check.find("run the release that wrote it") != std::string::npos);
  }
}

TEST_CASE("a batch that cannot be stored fails alone and as a whole, and uses no number") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  const auto batch_of = [](std::uint64_t n, std::shared_ptr<const node_state> state) {
    write_batch batch;
    batch.put<tables::nodes>(node_number(n), named_node("n"));
    batch.append_result(node_number(n), result_record(node_number(n), 1), std::move(state));
    return std::move(batch).seal();
  };
  const std::vector<shared_batch> group{batch_of(1, state_number(1)), batch_of(2, too_large_state()),
                                        batch_of(3, state_number(1))};
  const auto outcomes = opened->writer->commit(group);
  REQUIRE(outcomes.size() == 3);
  CHECK(outcomes[0]->value == 1);
  CHECK(outcomes[1].fault().code == errc::limit);
  CHECK(outcomes[2]->value == 2);
  CHECK(opened->reader->get<tables::nodes>(node_number(1)).ok());
  CHECK_FALSE(opened->reader->get<tables::nodes>(node_number(2)).ok());
  CHECK(opened->reader->get<tables::states>(node_number(3))->read([](records::State::Reader s) {
    return s.getResultSequence();
  }) == 2);
  CHECK(opened->reader->newest()->value == 2);
}

TEST_CASE("pages and snapshots give all of a table, once each, in order") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  write_batch batch;
  for (std::uint64_t n = 1; n <= 25; ++n) {
    batch.put<tables::nodes>(node_number(n), named_node("n" + std::to_string(n)));
    if (n % 2 == 0) batch.append_result(node_number(n), result_record(node_number(n), n), state_number(n));
  }
  batch.put<tables::states>(node_number(7000), to_record(*state_number(1))); // of no node: never shown
  REQUIRE(commit(*opened, std::move(batch)).ok());

  std::vector<node_snapshot> all;
  for (std::optional<node_id> after;;) {
    auto page = opened->reader->snapshots(after, 10);
    REQUIRE(page.ok());
    for (auto& one : *page)
      all.push_back(std::move(one));
    if (page->size() < 10) break;
    after = all.back().id;
  }
  REQUIRE(all.size() == 25);
  for (std::uint64_t n = 1; n <= 25; ++n) {
    CHECK(all[n - 1].id == node_number(n));
    CHECK(name_of(all[n - 1].node) == "n" + std::to_string(n));
    CHECK(all[n - 1].state.ok() == (n % 2 == 0));
  }
  const auto some = opened->reader->page<tables::nodes>(node_number(20), 3);
  REQUIRE(some->size() == 3);
  CHECK((*some)[0].key == node_number(21));
  const auto results = opened->reader->page<tables::results>(sequence{10}, 100);
  REQUIRE(results->size() == 2);
  CHECK((*results)[1].key.value == 12);
  CHECK(opened->reader->snapshot(node_number(3))->state.fault().code == errc::not_found);
  CHECK(opened->reader->snapshots(node_number(25), 10)->empty());
  CHECK(opened->reader->size()->nodes == 25);
}

TEST_CASE("the results of a node come newest first, without its neighbours' and without erased ones") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  CHECK(opened->reader->results_of(node_number(1), 5)->empty());
  node_id last;
  last.raw.fill(0xff);
  for (std::uint64_t round = 0; round < 3; ++round) {
    write_batch batch;
    for (const auto& id : {node_number(1), node_number(2), last})
      batch.append_result(id, result_record(id, round));
    REQUIRE(commit(*opened, std::move(batch)).ok());
  }
  const auto numbers = [&](const node_id& id, std::size_t limit) {
    std::vector<std::uint64_t> out;
    const auto found = opened->reader->results_of(id, limit);
    REQUIRE(found.ok());
    for (const auto one : *found)
      out.push_back(one.value);
    return out;
  };
  CHECK(numbers(node_number(1), 10) == std::vector<std::uint64_t>{7, 4, 1});
  CHECK(numbers(node_number(2), 2) == std::vector<std::uint64_t>{8, 5});
  CHECK(numbers(last, 10) == std::vector<std::uint64_t>{9, 6, 3});
  CHECK(numbers(node_number(3), 10).empty());
  REQUIRE(commit(*opened, std::move(write_batch{}.erase_result({4}).erase_result({999}))).ok());
  CHECK(numbers(node_number(1), 10) == std::vector<std::uint64_t>{7, 1});
  CHECK(opened->reader->get<tables::results>({4}).fault().code == errc::not_found);
}

TEST_CASE(
    "a result that stays because it is the newest is found through the state, and when results are listed") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  const auto id = node_number(1);
  const auto decides = [&](std::uint64_t n, result_stay stay, auto before) {
    write_batch batch;
    before(batch);
    batch.append_result(id, result_record(id, n), state_number(n), stay);
    REQUIRE(commit(*opened, std::move(batch)).ok());
  };
  const auto numbers = [&] {
    std::vector<std::uint64_t> out;
    const auto found = opened->reader->results_of(id, 10);
    REQUIRE(found.ok());
    for (const auto one : *found)
      out.push_back(one.value);
    return out;
  };
  decides(1, result_stay::while_newest, [](write_batch&) {});
  CHECK(numbers() == std::vector<std::uint64_t>{1});
  decides(2, result_stay::for_good, [&](write_batch& batch) { batch.list_result(id, {1}); });
  CHECK(numbers() == std::vector<std::uint64_t>{2, 1}); // the newest is not there twice
  decides(3, result_stay::while_newest, [](write_batch&) {});
  decides(4, result_stay::while_newest, [&](write_batch& batch) { batch.erase_result(id, {3}); });
  CHECK(numbers() == std::vector<std::uint64_t>{4, 2, 1});
  CHECK(opened->reader->results_of(id, 1)->size() == 1);
  CHECK(opened->reader->get<tables::results>({3}).fault().code == errc::not_found);
  // A listed result leaves the list, also when it is erased by a caller that knows its node.
  REQUIRE(commit(*opened, std::move(write_batch{}.erase_result(id, {2}).erase_result({1}))).ok());
  CHECK(numbers() == std::vector<std::uint64_t>{4});
}

TEST_CASE("files are stored once for the fleet, and claims for each machine") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  const auto files = [](std::uint64_t from, std::uint64_t to) {
    std::vector<file_claim> out;
    for (auto n = from; n < to; ++n)
      out.push_back(file_number_of(n));
    return out;
  };
  const auto claims = [&](std::uint64_t node) {
    std::vector<file_claim> out;
    const auto read = opened->reader->visit_claims(node_number(node), [&](const file_claim_view& file) {
      out.push_back({std::string{file.path}, file.algorithm, to_bytes(file.digest)});
    });
    REQUIRE_MESSAGE(read.ok(), read.fault().check);
    return out;
  };
  CHECK(commit(*opened, std::move(write_batch{}.add_claims(node_number(1), files(0, 2500)))).ok());
  CHECK(commit(*opened, std::move(write_batch{}.add_claims(node_number(2), files(1000, 1003)))).ok());
  CHECK(opened->reader->size()->files == 2500);
  CHECK(claims(1) == files(0, 2500)); // three pages, in order
  CHECK(claims(2) == files(1000, 1003));

  // In any order, and with gaps between them.
  auto scattered =
      std::vector{file_number_of(2000), file_number_of(3), file_number_of(2000), file_number_of(1030)};
  CHECK(commit(*opened, std::move(write_batch{}.add_claims(node_number(4), scattered))).ok());
  CHECK(commit(*opened, std::move(write_batch{}.add_claims(node_number(4), {file_number_of(4)}))).ok());
  CHECK(claims(4)
        == std::vector{file_number_of(3), file_number_of(4), file_number_of(1030), file_number_of(2000)});

  // The same files again, twice in one call, and a new one: only the new one is added.
  auto mixed = files(998, 1003);
  mixed.push_back(file_number_of(9999));
  mixed.push_back(file_number_of(9999));
  CHECK(commit(*opened, std::move(write_batch{}.add_claims(node_number(2), mixed))).ok());
  CHECK(claims(2).size() == 6);
  CHECK(opened->reader->size()->files == 2501);

  // A new boot in one batch.
  write_batch reboot;
  reboot.clear_claims(node_number(1)).add_claims(node_number(1), files(5, 7));
  CHECK(commit(*opened, std::move(reboot)).ok());
  CHECK(claims(1) == files(5, 7));
  CHECK(claims(2).size() == 6);
  CHECK(opened->reader->claims_of(node_number(1))->size() == 2);
  CHECK(opened->reader->claims_of(node_number(3))->empty());
  CHECK(opened->reader->visit_files(std::vector<file_number>{{4711}}, [](const file_claim_view&) {})
            .fault()
            .code
        == errc::not_found);
}

TEST_CASE("sets are found by their content") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  write_batch batch;
  const auto set =
      make_record<records::ReferenceSet>([](records::ReferenceSet::Builder s) { s.setOrigin("here"); });
  const auto set_where = batch.add_reference(set);
  REQUIRE(commit(*opened, std::move(batch)).ok());
  CHECK(same(opened->reader->get<tables::references>(set_where)->content(), set.content()));
}

TEST_CASE("a reader sees one moment, while another is being written") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  const auto id = node_number(1);
  const auto write = [&](std::uint64_t n) {
    write_batch batch;
    batch.put<tables::nodes>(id, named_node("n", n)).append_result(id, result_record(id, n), state_number(n));
    return commit(*opened, std::move(batch)).ok();
  };
  REQUIRE(write(1));
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  int torn = 0;
  int faults = 0;
  std::thread reader{[&] {
    while (!done || reads == 0) {
      const auto seen = opened->reader->snapshot(id);
      if (!seen || !seen->node || !seen->state) {
        ++faults;
      } else {
        const auto node = seen->node->read([](records::Node::Reader r) { return r.getGeneration(); });
        const auto state = seen->state->read([](records::State::Reader r) { return r.getGeneration(); });
        if (node != state) ++torn;
      }
      ++reads;
    }
  }};
  for (std::uint64_t n = 2; n < 200; ++n)
    CHECK(write(n));
  done = true;
  reader.join();
  CHECK(torn == 0);
  CHECK(faults == 0);
}
