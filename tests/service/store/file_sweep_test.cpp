// Files that no machine has are erased, and files that a machine has are not, whatever happens while a pass
// is under way.
#include "tests/service/store/fixture.hpp"

#include <random>
#include <set>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

std::vector<file_claim> files(std::uint64_t from, std::uint64_t to) {
  std::vector<file_claim> out;
  for (auto n = from; n < to; ++n)
    out.push_back(file_number_of(n));
  return out;
}

struct swept_store {
  temporary_folder folder;
  std::shared_ptr<const environment> env = std::move(*environment::open(folder.options()));
  database_reader reader{env};
  std::unique_ptr<database_writer> writer = std::move(*database_writer::open(env));

  commit_outcome commit(write_batch batch) const {
    const shared_batch sealed = std::move(batch).seal();
    return writer->commit({&sealed, 1}).front();
  }
  void boot(std::uint64_t node, std::uint64_t from, std::uint64_t to) const {
    const auto id = node_number(node);
    REQUIRE(commit(std::move(write_batch{}.clear_claims(id).add_claims(id, files(from, to)))).ok());
  }
  /// The measurements of a node; a fault if one is gone.
  result<std::vector<file_claim>> claims(std::uint64_t node) const {
    std::vector<file_claim> out;
    const auto read = reader.visit_claims(node_number(node), [&](const file_claim_view& file) {
      out.push_back({std::string{file.path}, file.algorithm, to_bytes(file.digest)});
    });
    return read ? result<std::vector<file_claim>>{std::move(out)}
                : result<std::vector<file_claim>>{read.fault()};
  }
  std::uint64_t on_record() const { return reader.size()->files; }
  void whole_pass(std::size_t budget = 64) const {
    for (;;) {
      const auto more = writer->sweep(budget);
      REQUIRE_MESSAGE(more.ok(), more.fault().check);
      if (!*more) return;
    }
  }
};

} // namespace

TEST_CASE("a pass erases files that no machine has, and nothing else; their numbers are not used again") {
  const swept_store store;
  store.boot(1, 0, 2500);
  store.boot(2, 2000, 3000);
  store.boot(1, 100, 110); // another boot: of 0 to 2000, only these are in use
  REQUIRE(store.on_record() == 3000);
  store.whole_pass();
  CHECK(store.on_record() == 1010);
  CHECK(store.claims(1).value() == files(100, 110));
  CHECK(store.claims(2).value() == files(2000, 3000));

  store.boot(3, 0, 5); // erased files come back under new numbers
  CHECK(store.claims(3).value() == files(0, 5));
  const auto again = store.reader.claims_of(node_number(3)).value();
  for (const auto n : again)
    CHECK(n.value > 3000);
  CHECK(store.on_record() == 1015);
  store.whole_pass();
  CHECK(store.on_record() == 1015);
}

TEST_CASE("check 25: the cache of recent files matches the record, whatever failed") {
  const swept_store store;
  store.boot(1, 0, 3);
  write_batch fails;
  fails.add_claims(node_number(2), files(2, 6));
  fails.append_result(node_number(2), result_record(node_number(2), 1), too_large_state());
  REQUIRE(store.commit(std::move(fails)).fault().code == errc::limit);
  store.boot(3, 3, 9);
  store.boot(2, 0, 9);
  CHECK(store.claims(1).value() == files(0, 3));
  CHECK(store.claims(2).value() == files(0, 9));
  CHECK(store.claims(3).value() == files(3, 9));
  CHECK(store.on_record() == 9);
  // One of them comes again at once, and also as another file that differs in one bit.
  auto other = files(0, 1);
  other[0].signature = 1;
  REQUIRE(store.commit(std::move(write_batch{}.add_claims(node_number(4), other))).ok());
  store.boot(4, 0, 1);
  CHECK(store.on_record() == 10);
  CHECK(store.claims(4).value() == files(0, 1));
}

TEST_CASE("an empty store has nothing to sweep") {
  const swept_store store;
  store.whole_pass();
  CHECK(store.on_record() == 0);
}

TEST_CASE("files that a machine gets during a pass stay, wherever the pass is") {
  std::mt19937 random{7};
  for (int round = 0; round < 20; ++round) {
    const swept_store store;
    for (std::uint64_t node = 1; node <= 12; ++node)
      store.boot(node, node * 50, node * 50 + 100);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> now(13);
    for (std::uint64_t node = 1; node <= 12; ++node)
      now[node] = {node * 50, node * 50 + 100};
    for (bool more = true; more;) {
      const auto node = 1 + random() % 12;
      const auto from = random() % 700;
      now[node] = {from, from + random() % 30};
      store.boot(node, now[node].first, now[node].second);
      const auto step = store.writer->sweep(1 + random() % 40);
      REQUIRE(step.ok());
      more = *step;
    }
    std::set<std::uint64_t> had;
    for (std::uint64_t node = 1; node <= 12; ++node) {
      const auto claims = store.claims(node);
      REQUIRE_MESSAGE(claims.ok(), claims.fault().check);
      CHECK(*claims == files(now[node].first, now[node].second));
      for (auto n = now[node].first; n < now[node].second; ++n)
        had.insert(n);
    }
    store.whole_pass(); // without changes, the sweep is exact
    CHECK(store.on_record() == had.size());
  }
}

TEST_CASE("a batch that fails changes nothing: its machine keeps files that the pass has not seen") {
  const swept_store store;
  store.boot(1, 0, 10);
  REQUIRE(store.writer->sweep(0).value()); // a pass is under way and has looked at nothing
  write_batch broken;
  broken.clear_claims(node_number(1))
      .append_result(node_number(1), result_record(node_number(1), 1), too_large_state());
  REQUIRE_FALSE(store.commit(std::move(broken)).ok());
  store.whole_pass();
  CHECK(store.claims(1).value() == files(0, 10));
}

TEST_CASE("while a machine's files are unknown, nothing is erased") {
  const swept_store store;
  store.boot(1, 0, 10);
  store.boot(2, 0, 3);
  store.boot(1, 5, 7);
  auto txn = transaction::begin(*store.env, transaction::mode::write);
  const store_key chunk{node_number(2), 0};
  REQUIRE(put_record(*store.env, *txn, store_table::claims, chunk.view(), bytes(64, 0xff)).ok());
  REQUIRE(txn->commit().ok());
  CHECK(store.writer->sweep(1000).fault().code == errc::malformed);
  CHECK(store.on_record() == 10);
  REQUIRE(store.commit(std::move(write_batch{}.clear_claims(node_number(2)))).ok()); // it attested again
  store.whole_pass();
  CHECK(store.on_record() == 2);
}

TEST_CASE("a pass that ends with its process starts again from the beginning") {
  const temporary_folder folder;
  {
    auto opened = open_database(folder.options());
    REQUIRE(commit(*opened, std::move(write_batch{}.add_claims(node_number(1), files(0, 100)))).ok());
    REQUIRE(commit(*opened, std::move(write_batch{}.clear_claims(node_number(1)))).ok());
    REQUIRE(opened->writer->sweep(1).value());  // has marked
    REQUIRE(opened->writer->sweep(30).value()); // has erased some
  }
  auto opened = open_database(folder.options());
  CHECK(opened->reader->size()->files == 70);
  while (opened->writer->sweep(1000).value()) {
  }
  CHECK(opened->reader->size()->files == 0);
}

TEST_CASE(
    "files that got numbers before their commit are on record after it, whatever a pass erased meanwhile") {
  std::mt19937 random{11};
  for (int round = 0; round < 40; ++round) {
    const swept_store store;
    store.boot(1, 0, 100);
    const auto id = node_number(2);
    write_batch list;
    list.clear_claims(id).add_claims(id, files(50, 400)).add_claims(id, files(400, 700));
    const shared_batch sealed = std::move(list).seal();
    REQUIRE(files_of(*sealed) == 650);
    for (std::size_t done = 0; done < 650;) {
      const auto next = store.writer->number_files(*sealed, done, 1 + random() % 200);
      REQUIRE(next.ok());
      REQUIRE(*next > done);
      done = *next;
      if (random() % 2 == 0) REQUIRE(store.writer->sweep(1 + random() % 300).ok());
      if (random() % 4 == 0) store.boot(3, random() % 300, 300 + random() % 300);
    }
    REQUIRE(store.writer->commit({&sealed, 1}).front().ok());
    const auto found = store.claims(2);
    REQUIRE(found.ok());
    std::set<std::string> paths;
    for (const auto& one : *found)
      paths.insert(one.path);
    CHECK(paths.size() == 650);
    store.whole_pass();
    store.whole_pass();
    CHECK(store.claims(2).value().size() == 650);
    CHECK(store.claims(1).value().size() == 100);
  }
}
