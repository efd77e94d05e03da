// A rotation and its record in the log. What breaks if these fail: auditors read about lists that no machine
// ever got, or machines have a list that is not in the log.
#include "actors/runtime/system_config.hpp"
#include "service/privacy_ca/rotation.hpp"
#include "service/privacy_ca/trust_record.hpp"
#include "service/store/database.hpp"
#include "tests/service/privacy_ca/trust_world.hpp"

#include <caf/all.hpp>

#include <fstream>

using namespace muster;
using namespace muster::service;
using namespace muster::service::trust_test;

namespace {

class standing_clock final : public runtime::clock {
public:
  boot_time since_boot() const noexcept override { return {1000}; }
  wall_time wall() const noexcept override { return midday; }
  boot_id boot() const noexcept override { return {}; }
};

enum class disk : std::uint8_t {
  works,
  is_full,      ///< nothing is stored, and the reply says so
  loses_answer, ///< it is stored, but no reply comes
  hangs         ///< no reply, and nothing is stored
};

struct shared_disk {
  std::atomic<disk> how = disk::works;
  std::shared_ptr<store_writer> writer;
};

store_actor::behavior_type store_on(store_actor::pointer self, std::shared_ptr<shared_disk> on) {
  return {
      [self, on](const shared_batch& batch) -> caf::typed_response_promise<commit_outcome> {
        auto promise = self->make_response_promise<commit_outcome>();
        const auto how = on->how.load();
        if (how == disk::hangs) return promise;
        const std::vector<shared_batch> one{batch};
        if (how == disk::is_full)
          promise.deliver(commit_outcome{fault{errc::io, "store: the disk is full"}});
        else if (auto stored = on->writer->commit(one).front(); how == disk::works)
          promise.deliver(stored);
        else
          promise.deliver(commit_outcome{fault{errc::io, "store: it is gone"}});
        return promise;
      },
      [](stop_atom) -> commit_outcome { return sequence{0}; },
  };
}

struct two_threads : runtime::system_config {
  two_threads() : runtime::system_config{scheduler{2, 64}} {}
};

/// One life of the service, on the disk of `ceremony`.
struct life {
  explicit life(const ceremony& of) : w{of} {
    database_options options{w.folder / "store"};
    auto opened = open_database(options);
    REQUIRE_MESSAGE(opened.ok(), opened.fault().check);
    reader = opened->reader;
    on->writer = std::move(opened->writer);
    const auto before = w.load();
    const auto settled = settle_coming(w.ca(), before.in_force, [&](std::uint64_t number, byte_view list) {
      return is_on_record(*reader, number, list);
    });
    REQUIRE_MESSAGE(settled.ok(), settled.fault().check);
    keys = std::make_shared<const authorities>(w.load());
    board->tell(keys->lists);
    const auto own = std::make_shared<own_certificate>(own_certificate_deps{
        keys, w.ca(), "ras.example", clock, {}, [](const service_identity&) -> status { return {}; }});
    store = system.spawn(store_on, on);
    rotation =
        spawn_rotation(system, {w.ca(), w.folder / "anchor.pem", keys, own, board, store, reader, clock, {}});
  }
  ~life() {
    self->send_exit(rotation, caf::exit_reason::user_shutdown);
    self->send_exit(store, caf::exit_reason::user_shutdown);
    rotation = nullptr;
    store = nullptr;
  }
  life(const life&) = delete;
  life& operator=(const life&) = delete;

  /// The code of the fault; "" if the list is in force; "no answer".
  std::string rotate(const std::string& text) {
    std::string out;
    const auto patience =
        on->how == disk::hangs ? caf::duration{std::chrono::milliseconds{300}} : caf::infinite;
    self->request(rotation, patience, rotate_atom::value, text, std::string{"me"})
        .receive(
            [&](const commit_outcome& done) {
              if (!done) out = to_string(done.fault().code);
            },
            [&](const caf::error&) { out = "no answer"; });
    return out;
  }
  std::uint64_t in_force() const { return newest_of(*board->now()); }
  bool on_record(const bytes& list, std::uint64_t number = 1) const {
    return is_on_record(*reader, number, list).value();
  }

  const ceremony& w;
  std::shared_ptr<shared_disk> on = std::make_shared<shared_disk>();
  std::shared_ptr<const store_reader> reader;
  std::shared_ptr<const authorities> keys;
  trust_board_ptr board = std::make_shared<trust_board>();
  std::shared_ptr<const runtime::clock> clock = std::make_shared<standing_clock>();
  two_threads config;
  caf::actor_system system{config};
  store_actor store;
  rotation_actor rotation;
  caf::scoped_actor self{system};
};

} // namespace

TEST_CASE(
    "check 34: the log has the record of a list if and only if the next start finds the list in force") {
  for (const auto how : {disk::works, disk::is_full, disk::loses_answer, disk::hangs}) {
    CAPTURE(static_cast<int>(how));
    const ceremony w;
    const auto text = w.signed_text(w.request(1, {w.root->cert()}), *w.root);
    const auto list = w.verify(text)->encoded;
    {
      life first{w};
      first.on->how = how;
      const auto said = first.rotate(text);
      CHECK(said == (how == disk::works ? "" : how == disk::hangs ? "no answer" : "io"));
      CHECK(first.in_force() == (how == disk::works ? 1 : 0));
      if (how == disk::hangs) CHECK(first.rotate(text) == "busy"); // the first one still waits
    }
    life second{w};
    const bool recorded = how == disk::works || how == disk::loses_answer;
    CHECK(second.on_record(list) == recorded);
    CHECK(second.in_force() == (recorded ? 1 : 0));
    CHECK(second.rotate(text) == (recorded ? "conflict" : "")); // in force, or can be handed in again
    CHECK(second.in_force() == 1);
    CHECK(second.on_record(list));
    CHECK_FALSE(second.on_record(list, 2));
  }
}

// Refused at the rotation, where an operator reads it, not at the next start.
TEST_CASE("a list that no start would read is refused at its rotation, and the remedy works") {
  const ceremony w;
  const auto& root = w.root->key();
  const auto list = [&](std::uint64_t number) {
    return crypto::make_trust_list(number, {w.root->cert()},
                                   {crypto::issuer_name_of(w.keys->services.cert())},
                                   {midday.milliseconds + 365 * one_day})
        .value();
  };
  fs::create_directory(w.ca() / "lists");
  for (std::uint64_t number = 1; number <= max_trust_lists; ++number)
    std::ofstream{trust_list_file(w.ca(), number)}
        << as_text(crypto::encode(crypto::sign_trust_list(list(number), root).value()));
  const auto next = w.signed_text({list(max_trust_lists + 1), "ras.example", {}}, *w.root);
  {
    life full{w};
    CHECK(full.in_force() == max_trust_lists);
    CHECK(full.rotate(next) == "limit");
  }
  CHECK(w.load().in_force.number == max_trust_lists); // the service starts
  for (std::uint64_t number = 1; number < max_trust_lists; ++number)
    fs::remove(trust_list_file(w.ca(), number));
  life mended{w};
  CHECK(mended.rotate(next) == "");
  CHECK(mended.in_force() == max_trust_lists + 1);
}

TEST_CASE("a list that could not be recorded can be sent again, and another one waits for a start") {
  const ceremony w;
  const auto asked = w.request(1, {w.root->cert()});
  const auto text = w.signed_text(asked, *w.root);
  life here{w};
  here.on->how = disk::is_full;
  CHECK(here.rotate(text) == "io");
  CHECK(here.rotate(text) == "io");
  here.on->how = disk::works;
  CHECK(here.rotate(w.signed_text(asked, *w.root)) == "conflict");
  CHECK(here.in_force() == 0);
  CHECK(here.rotate(text) == "");
  CHECK(here.in_force() == 1);
}
