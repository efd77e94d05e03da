// The actor over a real store. What breaks if these fail: a database that was rolled back or edited passes
// for the one whose heads were signed.
#include "actors/runtime/system_config.hpp"
#include "messages/json_read.hpp"
#include "records/record_codec.hpp"
#include "schemas/rest.capnp.h"
#include "service/record_log/incarnation.hpp"
#include "service/record_log/record_log.hpp"
#include "service/store/database.hpp"
#include "service/store/store.hpp"
#include "tests/service/store/fixture.hpp"
#include "tests/service/store/full_disk.hpp"

#include <caf/all.hpp>

#include <bit>
#include <fstream>
#include <limits>
#include <thread>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

struct two_threads : runtime::system_config {
  two_threads() : runtime::system_config{scheduler{2, 64}} {}
};

struct quiet_clock final : runtime::clock {
  wall_time wall() const noexcept override { return {1'700'000'000'000}; }
  boot_time since_boot() const noexcept override { return {1000}; }
  boot_id boot() const noexcept override { return {}; }
};

const crypto::private_key& log_key() {
  static const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  return key;
}

constexpr std::chrono::seconds patience{20};

const auto no_answer = [](const caf::error&) { FAIL("no answer"); };
const node_id witness_id = node_number(7);

/// For a log whose first leaf is of incarnation 1000.
crypto::log_incarnations one_incarnation() {
  crypto::log_incarnations out{crypto::log_name{{7}}};
  out.add({1000}, 0);
  return out;
}

/// A service's record log from start to stop, over the database in `folder`.
class running {
public:
  explicit running(const temporary_folder& folder, const std::string& sink = {},
                   std::optional<wall_time> start = std::nullopt) {
    auto opened = open_database(folder.options());
    REQUIRE_MESSAGE(opened.ok(), opened.fault().check);
    reader = opened->reader;
    auto incarnations = one_incarnation();
    if (start) {
      auto begun = begin_incarnation(*reader, head_file{sink}, log_key().pub(), *start);
      REQUIRE_MESSAGE(begun.ok(), begun.fault().check);
      const std::vector<shared_batch> first{std::move(begun->batch).seal()};
      REQUIRE(opened->writer->commit(first).front().ok());
      incarnations = std::move(begun->incarnations);
    }
    store_ =
        spawn_store(system_, {std::make_shared<disk_that_fills>(std::move(opened->writer), full_), log_, {}});
    record_log_deps deps{
        log_key(), incarnations, store_, reader, board, head_file{sink}, std::make_shared<quiet_clock>(),
        log_};
    auto found = read_record_log(deps);
    REQUIRE_MESSAGE(found.ok(), found.fault().check);
    log_actor_ = spawn_record_log(system_, std::move(deps), std::move(*found));
  }
  ~running() {
    self_->request(log_actor_, patience, stop_atom::value).receive([](bool) {}, no_answer);
    self_->send_exit(log_actor_, caf::exit_reason::user_shutdown);
    self_->wait_for(log_actor_);
    self_->request(store_, patience, stop_atom::value).receive([](const commit_outcome&) {}, no_answer);
    self_->send_exit(store_, caf::exit_reason::user_shutdown);
    self_->wait_for(store_);
    log_actor_ = nullptr;
    store_ = nullptr;
    reader.reset();
  }

  void add(const std::string& text) {
    write_batch batch;
    batch.append_audit(audit_record(text));
    put(std::move(batch));
  }
  void put(write_batch batch) {
    self_->request(store_, patience, commit_atom::value, std::move(batch).seal())
        .receive([](const commit_outcome& stored) { REQUIRE(stored.ok()); }, no_answer);
  }
  void witness(const bytes& heads) {
    self_->request(log_actor_, patience, witness_atom::value, witness_id, heads)
        .receive([](bool) {}, no_answer);
  }
  /// Waits until its alarm is on record, unless the disk is full.
  commit_outcome acknowledge(const head_name& name) {
    for (;;) {
      std::optional<commit_outcome> out;
      self_->request(log_actor_, patience, ack_atom::value, name, std::string{"uid=0 pid=1"})
          .receive([&](const commit_outcome& done) { out = done; }, no_answer);
      if (*out || out->fault().code != errc::busy || *full_) return *out;
      std::this_thread::yield();
    }
  }
  /// The newest head, which covers every record that exists now.
  crypto::signed_log_head head() {
    self_->request(log_actor_, patience, stop_atom::value).receive([](bool) {}, no_answer);
    const auto heads = crypto::parse_log_heads(board->now()->head);
    REQUIRE(heads.ok());
    REQUIRE(heads->size() == 1);
    return heads->front();
  }
  bool rolled_back() const { return board->rolled_back(); }
  void fill_disk(bool full) { *full_ = full; }
  /// Whether an acknowledgement is refused once the disk has refused the alarm; gives up after a while.
  bool comes_to_refuse(const head_name& name) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end)
      if (const auto done = acknowledge(name); !done && done.fault().code == errc::busy) return true;
    return false;
  }
  /// The number of alarms on record once there is one; gives up after a while.
  std::size_t alarms_on_record() const {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
      const auto found = reader->page<tables::log_alarms>(std::nullopt, 10).value().size();
      if (found != 0 || std::chrono::steady_clock::now() > end) return found;
      std::this_thread::yield();
    }
  }

  std::shared_ptr<log_board> board = std::make_shared<log_board>();
  std::shared_ptr<const store_reader> reader;

private:
  std::shared_ptr<std::atomic<bool>> full_ = std::make_shared<std::atomic<bool>>(false);
  two_threads config_;
  caf::actor_system system_{config_};
  caf::scoped_actor self_{system_};
  runtime::log log_ = runtime::log::to([](std::string_view) {}, runtime::log_level::error);
  store_actor store_;
  record_log_actor log_actor_;
};

head_name name_of(const crypto::signed_log_head& head) { return {head.head.size, head.head.root}; }

/// A head over `size` leaves with this root, signed by the service's own key.
crypto::signed_log_head signed_head(std::uint64_t size, std::uint8_t root, incarnation of = {999}) {
  crypto::log_head out{size, {}, {1}, one_incarnation().log(), of};
  out.root.fill(root);
  return crypto::sign_log_head(out, log_key()).value();
}

/// Changes the last byte of `what` wherever it is in the database's file; returns how often that was.
std::size_t overwrite_everywhere(const std::filesystem::path& folder, const bytes32& what) {
  std::fstream io{folder / "data.mdb", std::ios::in | std::ios::out | std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{io}, {}};
  io.clear();
  std::size_t found = 0;
  for (auto at = content.find(as_text(what)); at != std::string::npos;
       at = content.find(as_text(what), at + 1)) {
    io.seekp(static_cast<std::streamoff>(at + what.size() - 1));
    io.put(static_cast<char>(what.back() ^ 1));
    ++found;
  }
  return found;
}

std::string last_action(const store_reader& store) {
  const auto n = store.log_size()->leaves;
  return store.log_leaves(n - 1, 1)->front().record->read(
      [](records::AuditEntry::Reader in) { return std::string{text_of(in.getAction())}; });
}

} // namespace

TEST_CASE("a head is signed over what is there, published and stored, and is there after a restart") {
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

TEST_CASE("heads of this log, of now and of the past, are no alarm") {
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

TEST_CASE("a head that is larger than the log is a rollback, until it is acknowledged and over restarts") {
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

TEST_CASE("check 33: an acknowledgement covers every head of what was lost, and none of another loss") {
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

TEST_CASE("check 33: records that were changed are another loss than records that went with a restore") {
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

TEST_CASE(
    "check 33: a copy that is put back a second time is a second loss, whatever was acknowledged before") {
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

TEST_CASE(
    "check 33: an acknowledgement of another log than the one that is there is none, and stands again") {
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

TEST_CASE("check 33: a head of an incarnation that is not below ours begins one above it: what is signed "
          "then tells") {
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

TEST_CASE(
    "check 33: incarnations rise with the clock, and without it, and over what a restored database forgot") {
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

TEST_CASE("a head with another root at its size is a rollback, also when the log has grown beyond it") {
  const temporary_folder folder;
  running service{folder};
  for (int i = 0; i < 9; ++i)
    service.add("record");
  service.witness(crypto::encode(signed_head(4, 0xbb)));
  CHECK(service.rolled_back());
}

TEST_CASE("the alarm is told before its record is stored, and its record says who brought the head") {
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
    "check 33: an alarm that the disk refused is on record once the disk takes it, and can be acknowledged") {
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

TEST_CASE("a head that our key did not sign is dropped and counted, and what is no head as well") {
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

TEST_CASE("who can only write the database cannot acknowledge") {
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

TEST_CASE("what is changed in the file under a running service is noticed before the next head buries it") {
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

TEST_CASE("a sink that is not there yet has no last head") {
  const temporary_folder folder;
  CHECK_FALSE(head_file{folder.options().folder / "none"}.last()->has_value());
  CHECK_FALSE(head_file{""}.last()->has_value());
  CHECK(head_file{""}.add("x").ok());
  CHECK_FALSE(head_file{folder.options().folder / "no" / "folder"}.add("x").ok());
}
