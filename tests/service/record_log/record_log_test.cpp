// The actor over a real store. What breaks if these fail: a database that was rolled back or edited passes
// for the one whose heads were signed.
#include "tests/service/record_log/running_log.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;
using namespace muster::service::record_log_test;

TEST_CASE("a head is signed over the current records, published and stored, and survives a restart") {
  const temporary_folder folder;
  crypto::signed_log_head first;
  {
    running service{folder};
    CHECK(service.board->now()->head.empty());
    for (int i = 0; i < 5; ++i)
      service.add("record");
    first = service.head();
    CHECK(first.head.size == 5);
    CHECK(first.head.root == *service.reader->log_root(5));
    CHECK(crypto::verify_log_head(first, log_key().pub()).ok());
    CHECK(service.head() == first); // nothing new, no new head
    CHECK(*head_from(*service.reader->newest_log_head()) == first);
  }
  running again{folder};
  CHECK(again.head() == first);
  CHECK_FALSE(again.rolled_back());
}

TEST_CASE("heads of this log, from now and from the past, raise no alarm") {
  const temporary_folder folder;
  running service{folder};
  service.add("one");
  const auto older = service.head();
  service.add("two");
  service.add("three");
  const auto newer = service.head();
  auto both = crypto::encode(newer);
  append(both, crypto::encode(older));
  service.witness(both);
  service.witness({});
  CHECK_FALSE(service.rolled_back());
  CHECK(service.reader->log_size()->leaves == 3);
}

TEST_CASE(
    "check 33: restoring the same copy a second time is a second loss, whatever was acknowledged before") {
  const temporary_folder folder;
  const temporary_folder backup;
  const temporary_folder newest;
  const auto copy = [](const temporary_folder& from, const temporary_folder& to) {
    std::filesystem::remove_all(to.options().folder);
    std::filesystem::copy(from.options().folder, to.options().folder,
                          std::filesystem::copy_options::recursive);
  };
  { running service{folder, {}, wall_time{1'000'000}}; }
  copy(folder, backup);
  std::vector<crypto::signed_log_head> first_loss;
  for (std::uint64_t start = 2; start < 5; ++start) {
    running service{folder, {}, wall_time{start * 1'000'000}};
    service.add("lost");
    first_loss.push_back(service.head());
  }
  copy(backup, folder);
  crypto::signed_log_head after;
  {
    running service{folder, {}, wall_time{5'000'000}};
    service.witness(crypto::encode(first_loss.back()));
    CHECK(service.rolled_back());
    CHECK(service.acknowledge(name_of(first_loss.back())).ok());
    for (const auto& one : first_loss)
      service.witness(crypto::encode(one));
    CHECK_FALSE(service.rolled_back());
    after = service.head();
  }
  {
    running service{folder, {}, wall_time{6'000'000}};
    for (const auto& one : first_loss)
      service.witness(crypto::encode(one));
    CHECK_FALSE(service.rolled_back());
    service.witness(crypto::encode(after));
    CHECK_FALSE(service.rolled_back());
  }
  std::optional<log_alarm> acknowledged;
  {
    running service{folder, {}, wall_time{7'000'000}};
    const auto page = service.reader->page<tables::log_alarms>(std::nullopt, 10);
    REQUIRE(page->size() == 1);
    acknowledged = *alarm_from(*page->front().record);
  }
  copy(backup, folder);
  running service{folder, {}, wall_time{8'000'000}};
  // An attacker who can write the database puts the acknowledgement back, too.
  write_batch batch;
  batch.put<tables::log_alarms>(key_of(acknowledged->loss), to_record(*acknowledged));
  service.put(std::move(batch));
  service.witness(crypto::encode(after));
  CHECK(service.rolled_back());
}

TEST_CASE("check 33: an acknowledgement of another log does not count, and the alarm is raised again") {
  const temporary_folder folder;
  const auto lost = signed_head(50, 0xaa, {990});
  log_alarm alarm{{{1000}}, name_of(lost), {990}, {1}, "node", {1}, {}, {}, {}, {}};
  const auto is_rolled_back = [&](const head_name& whole) {
    {
      running service{folder};
      service.add("record");
      write_batch batch;
      const auto signed_alarm = service::acknowledge(alarm, whole, {2}, "uid=0 pid=1", log_key());
      batch.put<tables::log_alarms>(key_of(alarm.loss), to_record(*signed_alarm));
      service.put(std::move(batch));
    }
    running service{folder};
    service.witness({}); // replied once the actor has begun
    service.put({});     // after what the start stores
    const auto page = service.reader->page<tables::log_alarms>(std::nullopt, 10);
    CHECK(alarm_from(*page->front().record)->stands() == service.rolled_back());
    return service.rolled_back();
  };
  CHECK(is_rolled_back({1, {}}));
  CHECK(is_rolled_back({1'000, {}}));
  head_name whole{1, {}};
  {
    running service{folder};
    whole.root = *service.reader->log_root(1);
  }
  CHECK_FALSE(is_rolled_back(whole));
}

TEST_CASE(
    "check 33: incarnations rise with the clock, without it, and over what a restored database forgot") {
  CHECK(incarnation_after({}, {1'700'000'000'999}).value == 1'700'000'000);
  CHECK(incarnation_after({1'600'000'000}, {1'700'000'000'999}).value == 1'700'000'000);
  // A clock that is centuries ahead leaves incarnations for later starts.
  const auto far = incarnation_after({1'600'000'000}, {std::numeric_limits<std::uint64_t>::max()});
  CHECK(incarnation_after(far, {1'700'000'000'999}).value == far.value + 1);
  CHECK(incarnation_after({1'700'000'000}, {1'700'000'000'999}).value == 1'700'000'001);
  CHECK(incarnation_after({1'700'000'000}, {0}).value == 1'700'000'001);
  CHECK(incarnation_after(max_incarnation, {0}) == max_incarnation);

  const temporary_folder folder;
  const auto sink = (folder.options().folder.parent_path() / "shipped").string();
  const auto signed_by = [&](std::uint64_t seconds) {
    running service{folder, sink, wall_time{seconds * 1000}};
    return service.head().head;
  };
  const auto first = signed_by(1'700'000'000);
  const auto second = signed_by(1'700'000'000);
  CHECK(first.incarnation.value == 1'700'000'000);
  CHECK(second.incarnation.value == 1'700'000'001);
  CHECK(first.log == second.log);
  const temporary_folder empty; // a new log: the shipped head still counts
  running service{empty, sink, wall_time{0}};
  const auto third = service.head().head;
  CHECK(third.incarnation.value == 1'700'000'002);
  CHECK(third.log != first.log);
  CHECK(service.rolled_back());
  CHECK(last_action(*service.reader) == "log.rolled_back");
}

TEST_CASE("the alarm is raised before its record is stored, and the record says who brought the head") {
  const temporary_folder folder;
  running service{folder};
  service.add("record");
  service.witness(crypto::encode(signed_head(50, 0xaa)));
  CHECK(service.rolled_back());
  service.put({}); // after the alarm's own batch
  const auto page = service.reader->page<tables::log_alarms>(std::nullopt, 10);
  REQUIRE(page->size() == 1);
  const auto alarm = alarm_from(*page->front().record);
  CHECK(alarm->from == "node " + to_string(witness_id));
  CHECK(alarm->stands());
  CHECK(last_action(*service.reader) == "log.rolled_back");
}

TEST_CASE(
    "check 33: an alarm that the disk refused is recorded once the disk works, and can be acknowledged") {
  const temporary_folder folder;
  running service{folder};
  service.add("one");
  service.fill_disk(true);
  const auto lost = signed_head(7, 0xaa);
  service.witness(crypto::encode(lost));
  CHECK(service.rolled_back()); // on the board at once
  CHECK(service.reader->page<tables::log_alarms>(std::nullopt, 10)->empty());
  CHECK(service.comes_to_refuse(name_of(lost))); // it would be stored after its acknowledgement
  service.fill_disk(false);
  CHECK(service.alarms_on_record() == 1);
  const auto size = service.reader->log_size()->leaves;
  CHECK(service.board->now()->after_loss == 0);
  CHECK(service.acknowledge(name_of(lost)).ok());
  CHECK_FALSE(service.rolled_back());
  CHECK(service.board->now()->after_loss == size); // what leases name from now on
}

TEST_CASE("a head that our key did not sign is dropped and counted, and so are bytes that are not a head") {
  const temporary_folder folder;
  running service{folder};
  service.add("record");
  const auto other = crypto::private_key::make_ec(crypto::curve::p256);
  service.witness(crypto::encode(crypto::sign_log_head({50, {}, {}}, other).value()));
  CHECK_FALSE(service.rolled_back());
  CHECK(service.board->now()->refused == 1);
  auto turned = signed_head(50, 0xaa);
  turned.head.size = 51;
  service.witness(crypto::encode(turned));
  service.witness(bytes(100, 3));
  CHECK_FALSE(service.rolled_back());
  CHECK(service.board->now()->refused == 3);
}

TEST_CASE("each head is a line of the sink, and the sink is a witness at the next start") {
  const temporary_folder folder;
  const auto sink = (folder.options().folder.parent_path() / "heads").string();
  crypto::signed_log_head newest;
  {
    running service{folder, sink};
    service.add("one");
    (void)service.head();
    service.add("two");
    newest = service.head();
  }
  {
    std::ifstream in{sink};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
      lines.push_back(line);
    REQUIRE(lines.size() >= 2);
    const auto read = from_json<rest::LogHead>(lines.back());
    REQUIRE(read.ok());
    CHECK(read->read([](rest::LogHead::Reader one) { return one.getSize(); }) == 2);
  }
  CHECK(**head_file{sink}.last() == newest);
  std::ofstream{sink, std::ios::app} << "{\"size\":3,\"root\":\"cut";
  CHECK(**head_file{sink}.last() == newest);
  {
    running service{folder, sink};
    CHECK_FALSE(service.rolled_back());
  }
  const temporary_folder empty;
  running service{empty, sink};
  CHECK(service.rolled_back());
}

TEST_CASE("a sink that does not exist yet has no last head") {
  const temporary_folder folder;
  CHECK_FALSE(head_file{folder.options().folder / "none"}.last()->has_value());
  CHECK_FALSE(head_file{""}.last()->has_value());
  CHECK(head_file{""}.add("x").ok());
  CHECK_FALSE(head_file{folder.options().folder / "no" / "folder"}.add("x").ok());
}
