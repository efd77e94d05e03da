// What a bad disk does.
#include "messages/vocabulary/standing.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tests/service/store/fixture.hpp"

#include <random>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

bytes raw_value(const environment& env, store_table table, byte_view key) {
  const auto in = transaction::begin(env, transaction::mode::read);
  auto key_value = to_lmdb(key);
  MDB_val value{};
  REQUIRE(mdb_get(in->handle(), env.table(table), &key_value, &value) == 0);
  return to_bytes(from_lmdb(value));
}

void put_raw_value(const environment& env, store_table table, byte_view key, byte_view content) {
  auto in = transaction::begin(env, transaction::mode::write);
  auto key_value = to_lmdb(key);
  auto value = to_lmdb(content);
  REQUIRE(mdb_put(in->handle(), env.table(table), &key_value, &value, 0) == 0);
  REQUIRE(in->commit().ok());
}

/// Both sides over an environment that the test can manipulate.
struct open_store {
  std::shared_ptr<const environment> env;
  database_reader reader;
  std::unique_ptr<database_writer> writer;

  explicit open_store(const database_options& options)
      : env{std::move(*environment::open(options))}, reader{env}, writer{std::move(
                                                                      *database_writer::open(env))} {}

  commit_outcome commit(write_batch batch) {
    const shared_batch sealed = std::move(batch).seal();
    return writer->commit({&sealed, 1}).front();
  }
};

} // namespace

TEST_CASE("a record with a flipped bit is a fault of its node only") {
  const temporary_folder folder;
  open_store store{folder.options()};
  write_batch batch;
  for (std::uint64_t n = 1; n <= 3; ++n)
    batch.put<tables::nodes>(node_number(n), named_node("n" + std::to_string(n)))
        .append_result(node_number(n), result_record(node_number(n), n), state_number(n));
  REQUIRE(store.commit(std::move(batch)).ok());

  const auto id = node_number(2);
  const auto good = raw_value(*store.env, store_table::nodes, id.raw);
  std::mt19937 random{1};
  for (int i = 0; i < 50; ++i) {
    auto bad = good;
    const auto bit = random() % (bad.size() * 8);
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    put_raw_value(*store.env, store_table::nodes, id.raw, bad);
    const auto page = store.reader.snapshots(std::nullopt, 10);
    REQUIRE(page.ok());
    REQUIRE(page->size() == 3);
    CHECK(name_of((*page)[0].node) == "n1");
    CHECK(name_of((*page)[2].node) == "n3");
    CHECK((*page)[1].state.ok());
    CHECK((*page)[1].node.fault().code == errc::malformed);
    CHECK(store.reader.get<tables::nodes>(id).fault().code == errc::malformed);
  }
}

TEST_CASE("check 29: an edit while the service is stopped is noticed, whatever it does to the checksum") {
  const temporary_folder folder;
  auto options = folder.options();
  options.seal_key = bytes32{1};
  const auto id = node_number(1);
  const auto with_verdict = [](verdict v) {
    return make_record<records::State>([&](records::State::Builder state) {
      state.setVersion(1);
      state.setVerdict(static_cast<std::uint8_t>(v));
      state.setLeaseUntilMs(v == verdict::affirming ? ~std::uint64_t{0} : 0);
    });
  };
  const auto revoked = make_record<records::Node>([](records::Node::Builder node) {
    node.setVersion(1);
    node.setStanding(2);
  });
  bytes earlier;
  {
    open_store store{options};
    write_batch batch;
    batch.put<tables::states>(id, with_verdict(verdict::affirming));
    REQUIRE(store.commit(std::move(batch)).ok());
    earlier = raw_value(*store.env, store_table::states, id.raw);
    write_batch next;
    next.put<tables::states>(id, with_verdict(verdict::contraindicated)).put<tables::nodes>(id, revoked);
    REQUIRE(store.commit(std::move(next)).ok());
  }
  // An attacker with root on the service's machine, while the service is stopped: has this very program but
  // not the key.
  auto forger = options;
  forger.seal_key = bytes32{};
  {
    open_store store{forger};
    CHECK(store.reader.get<tables::states>(id).fault().code == errc::malformed);
    write_batch batch;
    batch.put<tables::states>(id, with_verdict(verdict::affirming))
        .put<tables::nodes>(id, named_node("good"));
    REQUIRE(store.commit(std::move(batch)).ok());
  }
  {
    open_store store{options};
    for (const auto& why :
         {store.reader.get<tables::states>(id).fault(), store.reader.get<tables::nodes>(id).fault()}) {
      CHECK(why.code == errc::malformed);
      CHECK(why.check.find("not written by this service") != std::string::npos);
    }
    const auto page = store.reader.snapshots(std::nullopt, 10);
    REQUIRE(page.ok());
    REQUIRE(page->size() == 1);
    CHECK_FALSE((*page)[0].state.ok());
    // The seal does not catch an old version of the same record. Leases belong to a boot and expire; the log
    // and its heads know of the revocation (docs/log.md).
    put_raw_value(*store.env, store_table::states, id.raw, earlier);
    CHECK(store.reader.get<tables::states>(id).ok());
  }
}

TEST_CASE("bytes with a valid checksum that are not a message are a fault, not an exception") {
  const temporary_folder folder;
  open_store store{folder.options()};
  const auto id = node_number(1);
  auto txn = transaction::begin(*store.env, transaction::mode::write);
  REQUIRE(put_record(*store.env, *txn, store_table::nodes, id.raw, bytes(64, 0xff)).ok());
  REQUIRE(txn->commit().ok());
  CHECK(store.reader.get<tables::nodes>(id).fault().code == errc::malformed);
  CHECK(store.reader.snapshot(id)->node.fault().code == errc::malformed);
}

TEST_CASE("damaged claims fail the batch that needs them; clearing them mends the store") {
  const temporary_folder folder;
  open_store store{folder.options()};
  const auto id = node_number(1);
  REQUIRE(store.commit(std::move(write_batch{}.add_claims(id, {file_number_of(1)}))).ok());
  const store_key chunk{id, 0};
  auto bad = raw_value(*store.env, store_table::claims, chunk.view());
  bad.back() ^= 1U;
  bad[9] ^= 1U;
  put_raw_value(*store.env, store_table::claims, chunk.view(), bad);
  CHECK(store.commit(std::move(write_batch{}.add_claims(id, {file_number_of(2)}))).fault().code
        == errc::malformed);
  CHECK_FALSE(store.reader.claims_of(id).ok());
  CHECK(store.commit(std::move(write_batch{}.clear_claims(id).add_claims(id, {file_number_of(2)}))).ok());
  CHECK(store.reader.claims_of(id)->size() == 1);
}

TEST_CASE("every value is on an 8-byte boundary, whatever was added or removed") {
  const temporary_folder folder;
  open_store store{folder.options()};
  std::mt19937 random{3};
  for (int round = 0; round < 30; ++round) {
    write_batch batch;
    for (int i = 0; i < 100; ++i) {
      const auto id = node_number(random() % 500);
      if (random() % 3 == 0) {
        batch.erase<tables::nodes>(id).erase<tables::states>(id);
        continue;
      }
      batch.put<tables::nodes>(id, named_node(std::string(random() % 1500, 'n')));
      batch.append_result(id, result_record(id, 1, random() % 5000), state_number(random() % 9));
      if (random() % 4 == 0) batch.erase_result({random() % 2000});
      if (random() % 4 == 0) batch.add_claims(id, {file_number_of(random() % 300)});
      if (random() % 20 == 0) batch.append_log(id, 1, frame::adopt(bytes(random() % 9000, 7)), {});
    }
    REQUIRE(store.commit(std::move(batch)).ok());
  }
  std::size_t seen = 0;
  std::size_t off = 0;
  const auto in = transaction::begin(*store.env, transaction::mode::read);
  for (unsigned t = 1; t <= 17; ++t) {
    if (t == 7) continue; // no table has that number
    auto cursor = table_cursor::open(*store.env, *in, static_cast<store_table>(t));
    REQUIRE(cursor.ok());
    for (auto more = cursor->move(MDB_NEXT); more && *more; more = cursor->move(MDB_NEXT)) {
      ++seen;
      if (reinterpret_cast<std::uintptr_t>(cursor->value().data()) % 8 != 0) ++off;
      CHECK(cursor->key().size() % 8 == 0);
      CHECK(cursor->value().size() % 8 == 0);
    }
  }
  CHECK(seen > 1000);
  CHECK(off == 0);
  const bytes odd(31, 0);
  auto txn = transaction::begin(*store.env, transaction::mode::write);
  CHECK(put_record(*store.env, *txn, store_table::nodes, odd, odd).fault().code == errc::internal);
}
