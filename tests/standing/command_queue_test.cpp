#include "standing/command_queue.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

moment at(std::uint64_t boot) {
  moment out;
  out.boot = {boot};
  return out;
}

command_record command(std::uint64_t id, command_kind kind, std::uint64_t deadline = 1000) {
  command_record out;
  out.id = {id};
  out.kind = kind;
  out.deadline = {deadline};
  return out;
}

} // namespace

TEST_CASE("a command is sent once in each session until it is answered") {
  command_queue queue;
  CHECK(queue.add(command(1, command_kind::renew)).to_store.size() == 1);
  const auto first = queue.take_unsent(at(1));
  REQUIRE(first.size() == 1);
  CHECK(first[0].outcome == command_outcome::sent);
  CHECK(queue.take_unsent(at(2)).empty());
  queue.session_lost();
  CHECK(queue.take_unsent(at(3)).size() == 1);
  const auto settled = queue.report({1}, command_outcome::done, "ok");
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].outcome == command_outcome::done);
  CHECK(queue.report({1}, command_outcome::failed, "again").empty());
  CHECK(queue.open().empty());
}

TEST_CASE("'not run' is reported only for commands that were never sent") {
  command_queue queue;
  queue.add(command(1, command_kind::renew, 10));
  CHECK(queue.expire(at(9)).empty());
  auto settled = queue.expire(at(10));
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].outcome == command_outcome::expired);

  queue.add(command(2, command_kind::renew, 10));
  (void)queue.take_unsent(at(1));
  settled = queue.expire(at(10));
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].outcome == command_outcome::unknown);
}

TEST_CASE("a second attest joins the first; a second reconfigure replaces one that was not sent") {
  command_queue queue;
  CHECK(queue.add(command(1, command_kind::attest)).id.value == 1);
  const auto joined = queue.add(command(2, command_kind::attest));
  CHECK(joined.id.value == 1);
  CHECK(joined.to_store.empty());

  queue.add(command(3, command_kind::reconfigure));
  const auto replaced = queue.add(command(4, command_kind::reconfigure));
  REQUIRE(replaced.to_store.size() == 2);
  CHECK(replaced.to_store[0].outcome == command_outcome::replaced);
  (void)queue.take_unsent(at(1));
  const auto after = queue.add(command(5, command_kind::reconfigure));
  REQUIRE(after.to_store.size() == 2);
  CHECK(after.to_store[0].outcome == command_outcome::unknown);
}

TEST_CASE("an attest is done when an attestation after its sending was decided, not before") {
  command_queue queue;
  queue.add(command(1, command_kind::attest));
  CHECK(queue.settle_attest({9}).empty());
  (void)queue.take_unsent(at(10));
  CHECK(queue.settle_attest({9}).empty());
  CHECK(queue.settle_attest({10}).size() == 1);
}

TEST_CASE(
    "after a reboot of the service's machine, commands that were sent are unknown and the others expired") {
  auto sent = command(1, command_kind::renew);
  sent.outcome = command_outcome::sent;
  command_queue queue{{command(2, command_kind::unregister), sent}};
  auto now = at(1);
  now.service_boot.raw.fill(9);
  CHECK(queue.take_unsent(now).empty());
  const auto settled = queue.expire(now);
  REQUIRE(settled.size() == 2);
  CHECK(settled[0].outcome == command_outcome::expired);
  CHECK(settled[1].outcome == command_outcome::unknown);
}

TEST_CASE("a machine cannot reopen or invent a command") {
  command_queue queue;
  queue.add(command(1, command_kind::renew));
  CHECK(queue.report({1}, command_outcome::open, "").empty());
  CHECK(queue.report({99}, command_outcome::done, "").empty());
  CHECK(queue.open().size() == 1);
}
