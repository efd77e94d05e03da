// Heads that the log contradicts. What breaks if these fail: a database that was rolled back or edited passes
// for the one whose heads were signed, or an operator cannot end the alarm.
#include "tests/service/record_log/running_log.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;
using namespace muster::service::record_log_test;

TEST_CASE("a head that is larger than the log is a rollback, over restarts, until it is acknowledged") {
  const temporary_folder folder;
  const auto lost = signed_head(50, 0xaa);
  {
    running service{folder};
    service.add("record");
    service.witness(crypto::encode(lost));
    CHECK(service.rolled_back());
    CHECK(service.acknowledge({51, lost.head.root}).fault().code == errc::not_found);
    CHECK(service.rolled_back());
  }
  {
    running service{folder};
    CHECK(service.rolled_back());
    CHECK(service.acknowledge(name_of(lost)).ok());
    CHECK_FALSE(service.rolled_back());
    CHECK(last_action(*service.reader) == "log.acknowledge");
    CHECK(service.acknowledge(name_of(lost)).fault().code == errc::conflict);
    service.witness(crypto::encode(lost)); // already acknowledged
    CHECK_FALSE(service.rolled_back());
  }
  running service{folder};
  CHECK_FALSE(service.rolled_back());
  service.witness(crypto::encode(lost));
  CHECK_FALSE(service.rolled_back());
}

TEST_CASE("check 33: an acknowledgement covers every head of its loss, and no head of another") {
  const temporary_folder folder;
  running service{folder};
  for (int i = 0; i < 9; ++i)
    service.add("record");
  const auto shown = signed_head(50, 0xaa, {990});
  service.witness(crypto::encode(shown));
  CHECK(service.rolled_back());
  CHECK(service.acknowledge(name_of(shown)).ok());
  const auto records = service.reader->log_size()->leaves;
  // An attacker with root on a machine kept every head that it was sent, from each start since the copy was
  // made.
  for (std::uint8_t i = 0; i < 100; ++i) {
    service.witness(crypto::encode(signed_head(30U + i, i, {900U + i})));
    REQUIRE_FALSE(service.rolled_back());
  }
  CHECK(service.board->now()->lost == 100);
  CHECK(service.reader->log_size()->leaves == records);
  // Records of our own incarnation: they existed after that restore.
  service.witness(crypto::encode(signed_head(4, 0xbb, {1000})));
  CHECK(service.rolled_back());
}

TEST_CASE("check 33: changed records are another loss than records that were lost in a restore") {
  const temporary_folder folder;
  running service{folder};
  for (int i = 0; i < 9; ++i)
    service.add("record");
  const auto changed = signed_head(4, 0xbb, {1000});
  service.witness(crypto::encode(changed));
  CHECK(service.rolled_back());
  CHECK(service.acknowledge(name_of(changed)).ok());
  service.witness(crypto::encode(signed_head(5, 0xcc, {1000})));
  CHECK_FALSE(service.rolled_back()); // of the same records
  const auto size = service.reader->log_size()->leaves;
  service.add("later");
  service.witness(crypto::encode(signed_head(size + 1, 0xdd, {1000}))); // what came later was changed, too
  CHECK(service.rolled_back());
}

TEST_CASE("check 33: a head of our incarnation or a later one starts an incarnation above it, so later heads "
          "are distinct") {
  const temporary_folder folder;
  running service{folder};
  service.add("record");
  const auto ahead = signed_head(50, 0xaa, {5000}); // the clock went back, or another service has this key
  service.witness(crypto::encode(ahead));
  CHECK(service.rolled_back());
  CHECK(service.head().head.incarnation.value == 5001);
  CHECK(service.acknowledge(name_of(ahead)).ok());
  service.witness(crypto::encode(signed_head(51, 0xab, {5000})));
  service.witness(crypto::encode(signed_head(3000, 0xac, {4000})));
  CHECK_FALSE(service.rolled_back());
  service.witness(crypto::encode(signed_head(50, 0xaa, {5001})));
  CHECK(service.rolled_back());
}

TEST_CASE("a head with another root at its size is a rollback, even if the log has grown beyond it") {
  const temporary_folder folder;
  running service{folder};
  for (int i = 0; i < 9; ++i)
    service.add("record");
  service.witness(crypto::encode(signed_head(4, 0xbb)));
  CHECK(service.rolled_back());
}

TEST_CASE("write access to the database is not enough to acknowledge") {
  const temporary_folder folder;
  const auto lost = signed_head(50, 0xaa);
  {
    running service{folder};
    service.add("record");
    const head_name whole{1, *service.reader->log_root(1)};
    const log_alarm forged{{{1000}}, name_of(lost), {},    {},          "nobody", {1},
                           {2},      "uid=0 pid=1", whole, bytes(70, 1)};
    write_batch batch;
    batch.put<tables::log_alarms>(key_of(forged.loss), to_record(forged));
    service.put(std::move(batch));
  }
  running service{folder};
  CHECK(service.rolled_back());
}

TEST_CASE("a database that contradicts its own newest head is rolled back from its start") {
  const temporary_folder folder;
  {
    running service{folder};
    service.add("record");
    write_batch batch;
    batch.put<tables::log_heads>({50}, to_record(signed_head(50, 0xaa)));
    service.put(std::move(batch));
  }
  running service{folder};
  CHECK(service.rolled_back());
}

TEST_CASE("a change in the file under a running service is noticed before the next head covers it") {
  const temporary_folder folder;
  running service{folder};
  for (const auto* text : {"one", "two", "three"})
    service.add(text);
  const auto size = service.head().head.size;
  REQUIRE(size >= 3);
  REQUIRE_FALSE(service.rolled_back());
  const auto peak = service.reader->log_root(std::bit_floor(size)).value(); // a node that is stored
  REQUIRE(overwrite_everywhere(folder.options().folder, peak) > 0);
  service.add("four");
  (void)service.head();
  CHECK(service.rolled_back());
}
