// Certificates for one machine: each is a record for ever. What breaks if this fails: a machine that
// reconnects, renews and closes, again and again, fills the record log and the disk.
#include "actors/runtime/system_config.hpp"
#include "service/privacy_ca/privacy_ca.hpp"
#include "tests/temporary_folder.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

using namespace muster;
using namespace muster::service;
namespace fs = std::filesystem;

namespace {

class running_clock final : public runtime::clock {
public:
  boot_time since_boot() const noexcept override { return {passed.load()}; }
  wall_time wall() const noexcept override { return {1'800'000'000'000 + passed.load()}; }
  boot_id boot() const noexcept override { return {}; }
  std::atomic<std::uint64_t> passed = 0;
};

store_actor::behavior_type fake_store(store_actor::pointer,
                                      std::shared_ptr<std::atomic<std::size_t>> batches) {
  return {
      [batches](const shared_batch&) -> commit_outcome { return sequence{++*batches}; },
      [](stop_atom) -> commit_outcome { return sequence{0}; },
  };
}

struct one_thread : runtime::system_config {
  one_thread() : runtime::system_config{scheduler{1, 64}} {}
};

} // namespace

TEST_CASE("a machine gets a few renewals at once and then one in ten minutes; others get theirs meanwhile") {
  const testing::temporary_folder own;
  const auto& folder = own.path();
  const auto clock = std::make_shared<running_clock>();
  auto keys = load_authorities(folder / "ca", folder / "anchor.pem", "ras.example", clock->wall());
  REQUIRE_MESSAGE(keys.ok(), keys.fault().check);
  const auto batches = std::make_shared<std::atomic<std::size_t>>(0);
  one_thread config;
  caf::actor_system system{config};
  const auto store = system.spawn(fake_store, batches);
  const auto ca =
      system.spawn(privacy_ca, privacy_ca_deps{std::make_shared<const authorities>(*std::move(keys)),
                                               nullptr,
                                               std::chrono::hours{24 * 7},
                                               store,
                                               clock,
                                               {}});
  caf::scoped_actor self{system};
  const auto spki = crypto::private_key::make_ec(crypto::curve::p256).pub().spki();
  const auto renewed = [&](std::uint8_t number) {
    bool out = false;
    self->request(ca, caf::infinite, certificate_request{{{number}}, spki, {}, {}})
        .receive([&](const issued& answer) { out = answer.ok(); },
                 [](const caf::error&) { FAIL("no answer"); });
    return out;
  };
  std::size_t got = 0;
  for (int i = 0; i < 300; ++i, clock->passed += 10'000) // 50 minutes, over any number of sessions
    got += renewed(1) ? 1 : 0;
  CHECK(got >= 8);
  CHECK(got <= 8 + 5);
  CHECK(batches->load() == got); // a refusal leaves no record
  for (std::uint8_t other = 2; other < 100; ++other)
    CHECK(renewed(other));
  self->send_exit(ca, caf::exit_reason::user_shutdown);
  self->send_exit(store, caf::exit_reason::user_shutdown);
}
