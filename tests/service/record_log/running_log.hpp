// The record log of a service over a real store, from start to stop.
#pragma once

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
#include <doctest/doctest.h>

#include <bit>
#include <fstream>
#include <limits>
#include <thread>

namespace muster::service::record_log_test {
using namespace muster::service::store_test;

struct two_threads : runtime::system_config {
  two_threads() : runtime::system_config{scheduler{2, 64}} {}
};

struct quiet_clock final : runtime::clock {
  wall_time wall() const noexcept override { return {1'700'000'000'000}; }
  boot_time since_boot() const noexcept override { return {1000}; }
  boot_id boot() const noexcept override { return {}; }
};

inline const crypto::private_key& log_key() {
  static const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  return key;
}

inline constexpr std::chrono::seconds patience{20};

inline const auto no_answer = [](const caf::error&) { FAIL("no answer"); };
inline const node_id witness_id = node_number(7);

/// For a log whose first leaf is of incarnation 1000.
inline crypto::log_incarnations one_incarnation() {
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
    self_->request(store_, patience, std::move(batch).seal())
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
      self_->request(log_actor_, patience, loss_acknowledgement{name, std::string{"uid=0 pid=1"}})
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

inline head_name name_of(const crypto::signed_log_head& head) { return {head.head.size, head.head.root}; }

/// A head over `size` leaves with this root, signed by the service's own key.
inline crypto::signed_log_head signed_head(std::uint64_t size, std::uint8_t root, incarnation of = {999}) {
  crypto::log_head out{size, {}, {1}, one_incarnation().log(), of};
  out.root.fill(root);
  return crypto::sign_log_head(out, log_key()).value();
}

/// Changes the last byte of `what` wherever it is in the database's file; returns how often that was.
inline std::size_t overwrite_everywhere(const std::filesystem::path& folder, const bytes32& what) {
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

inline std::string last_action(const store_reader& store) {
  const auto n = store.log_size()->leaves;
  return store.log_leaves(n - 1, 1)->front().record->read(
      [](records::AuditEntry::Reader in) { return std::string{text_of(in.getAction())}; });
}

} // namespace muster::service::record_log_test
