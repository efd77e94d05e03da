// The record log in the store. What breaks if these fail: the log loses a record, or the log whose heads are
// signed differs from the records.
#include "service/store/log_tree.hpp"
#include "tests/service/store/fixture.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

write_batch entry(const std::string& text) {
  write_batch out;
  out.append_audit(audit_record(text));
  return out;
}

/// The root over `texts`, computed without the store.
bytes32 root_of(std::span<const std::string> texts) {
  crypto::merkle_frontier tree;
  for (const auto& one : texts)
    (void)tree.append(crypto::merkle_leaf(audit_record(one).content()));
  return tree.root();
}

std::vector<std::string> numbered(std::size_t n) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back("record " + std::to_string(i));
  return out;
}

void damage_audit(const std::filesystem::path& folder, std::uint64_t at) {
  const auto env = environment::open({folder});
  REQUIRE(env.ok());
  auto txn = transaction::begin(**env, transaction::mode::write);
  REQUIRE(put_record(**env, *txn, store_table::audit, store_key{sequence{at}}.view(),
                     audit_record("something else").content())
              .ok());
  REQUIRE(txn->commit().ok());
}

} // namespace

TEST_CASE("every audit record is a leaf, in order, and nothing else is") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  const auto& store = *opened->reader;
  CHECK(store.log_size()->leaves == 0);
  CHECK(*store.log_root(0) == crypto::merkle_empty());
  const auto texts = numbered(70);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto batch = entry(texts[i]);
    batch.append_result(node_number(1), result_record(node_number(1), i), state_number(i));
    REQUIRE(commit(*opened, std::move(batch)).ok());
    REQUIRE(store.log_size()->leaves == i + 1);
  }
  for (std::size_t n = 0; n <= texts.size(); ++n)
    CHECK(*store.log_root(n) == root_of(std::span{texts}.first(n)));
  CHECK(store.log_root(71).fault().code == errc::not_found);
  CHECK(store.log_size()->records == 70);

  const auto page = store.log_leaves(60, 100);
  REQUIRE(page.ok());
  REQUIRE(page->size() == 10);
  for (std::size_t i = 0; i < page->size(); ++i) {
    const auto& leaf = (*page)[i];
    CHECK(leaf.number.value == 60 + i);
    CHECK(leaf.at.value == 2 * (60 + i) + 1);
    REQUIRE(leaf.record.ok());
    CHECK(same(leaf.record->content(), audit_record(texts[60 + i]).content()));
    CHECK(leaf.hash == crypto::merkle_leaf(leaf.record->content()));
  }
  CHECK(store.log_leaves(70, 100)->empty());
}

TEST_CASE("several records of one group are several leaves; a batch that fails leaves none") {
  const temporary_folder folder;
  auto opened = open_database(folder.options(1U << 20U));
  REQUIRE(opened.ok());
  auto large = entry("too large");
  large.append_log(node_number(1), 1, frame::adopt(bytes(2U << 20U, 1)), {});
  auto two = entry("record 0");
  two.append_audit(audit_record("record 1"));
  const std::vector<shared_batch> group{std::move(large).seal(), std::move(two).seal(),
                                        entry("record 2").seal()};
  const auto outcomes = opened->writer->commit(group);
  CHECK_FALSE(outcomes[0].ok());
  CHECK(outcomes[1].ok());
  CHECK(outcomes[2].ok());
  CHECK(*opened->reader->log_root(3) == root_of(numbered(3)));
  CHECK(opened->reader->log_size()->leaves == 3);
}

TEST_CASE("after each restart the log continues as if it had not stopped") {
  const temporary_folder folder;
  const auto texts = numbered(40);
  for (const auto& text : texts) {
    auto opened = open_database(folder.options());
    REQUIRE(opened.ok());
    REQUIRE(commit(*opened, entry(text)).ok());
  }
  const auto opened = open_database(folder.options());
  for (std::size_t n = 0; n <= texts.size(); ++n)
    CHECK(*opened->reader->log_root(n) == root_of(std::span{texts}.first(n)));
}

TEST_CASE("after kill -9 the log has exactly the leaves of the records that are there") {
  const temporary_folder folder;
  for (int round = 0; round < 8; ++round) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto opened = open_database(folder.options());
      if (!opened) ::_exit(1);
      for (;;) {
        const auto n = opened->reader->log_size()->leaves;
        const shared_batch sealed = entry("record " + std::to_string(n)).seal();
        if (!opened->writer->commit({&sealed, 1}).front()) ::_exit(2);
        if (::write(ends[1], &n, sizeof n) != sizeof n) ::_exit(3);
      }
    }
    ::close(ends[1]);
    std::uint64_t newest = 0;
    for (int i = 0; i < 5; ++i)
      REQUIRE(::read(ends[0], &newest, sizeof newest) == sizeof newest);
    REQUIRE(::kill(child, SIGKILL) == 0);
    while (::read(ends[0], &newest, sizeof newest) == sizeof newest) {
    }
    ::close(ends[0]);
    int how = 0;
    REQUIRE(::waitpid(child, &how, 0) == child);
    CHECK(WIFSIGNALED(how));
    const auto opened = open_database(folder.options());
    REQUIRE(opened.ok());
    const auto tally = *opened->reader->log_size();
    CHECK(tally.leaves > newest);
    CHECK(tally.records == tally.leaves);
    CHECK(*opened->reader->log_root(tally.leaves) == root_of(numbered(tally.leaves)));
  }
}

TEST_CASE("a copy is read without changing anything, and only while no process has it open") {
  const temporary_folder folder;
  const auto at = folder.options().folder;
  {
    auto opened = open_database(folder.options());
    REQUIRE(opened.ok());
    REQUIRE(commit(*opened, entry("record 0")).ok());
    CHECK(inspect_database(at).fault().code == errc::conflict);
  }
  std::filesystem::remove(at / "lock.mdb");
  std::filesystem::remove(at / "owner.lock");
  const auto before = std::filesystem::last_write_time(at / "data.mdb");
  {
    const auto store = inspect_database(at);
    REQUIRE_MESSAGE(store.ok(), store.fault().check);
    CHECK((*store)->log_size()->leaves == 1);
    CHECK(*(*store)->log_root(1) == root_of(numbered(1)));
    CHECK((*store)->log_leaves(0, 10)->size() == 1);
  }
  CHECK(std::filesystem::last_write_time(at / "data.mdb") == before);
  CHECK_FALSE(std::filesystem::exists(at / "lock.mdb"));
  CHECK_FALSE(std::filesystem::exists(at / "owner.lock"));
  CHECK_FALSE(inspect_database(at / "nothing").ok());
}

TEST_CASE("a record that was changed keeps the hash under which it was entered; a missing one is a fault") {
  const temporary_folder folder;
  {
    auto opened = open_database(folder.options());
    for (const auto& text : numbered(3))
      REQUIRE(commit(*opened, entry(text)).ok());
  }
  damage_audit(folder.options().folder, 2);
  {
    const auto store = inspect_database(folder.options().folder);
    const auto leaves = (*store)->log_leaves(0, 10);
    REQUIRE(leaves->size() == 3);
    REQUIRE((*leaves)[1].record.ok());
    CHECK((*leaves)[1].hash == crypto::merkle_leaf(audit_record("record 1").content()));
    CHECK((*leaves)[1].hash != crypto::merkle_leaf((*leaves)[1].record->content()));
  }
  {
    const auto env = environment::open({folder.options().folder});
    auto txn = transaction::begin(**env, transaction::mode::write);
    REQUIRE(erase_record(**env, *txn, store_table::audit, store_key{sequence{2}}.view()).ok());
    REQUIRE(txn->commit().ok());
  }
  const auto store = inspect_database(folder.options().folder);
  const auto leaves = (*store)->log_leaves(0, 10);
  REQUIRE(leaves->size() == 3);
  CHECK((*leaves)[1].record.fault().code == errc::not_found);
  CHECK((*leaves)[2].record.ok());
  CHECK((*store)->log_size()->records == 2);
}

TEST_CASE("a log that lost a node of its edge is not continued") {
  const temporary_folder folder;
  {
    auto opened = open_database(folder.options());
    for (const auto& text : numbered(4))
      REQUIRE(commit(*opened, entry(text)).ok());
  }
  {
    const auto env = environment::open({folder.options().folder});
    auto txn = transaction::begin(**env, transaction::mode::write);
    const store_key edge{log_number{crypto::merkle_place{2, 0}.number()}};
    REQUIRE(erase_record(**env, *txn, store_table::log_nodes, edge.view()).ok());
    REQUIRE(txn->commit().ok());
  }
  CHECK(open_database(folder.options()).fault().code == errc::malformed);
}
