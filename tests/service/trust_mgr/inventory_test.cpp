// What the service finds in the store at its start.
#include "records/command_batch.hpp"
#include "records/record_codec.hpp"
#include "service/trust_mgr/trust_mgr.hpp"
#include "tests/service/store/fixture.hpp"

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

TEST_CASE("candidates wait under their source, names are reserved, and unsettled commands are open") {
  const temporary_folder folder;
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  write_batch batch;
  service::node_record waits;
  waits.id = node_number(1);
  waits.candidate.emplace().source = "192.0.2.7:52001";
  waits.candidate->expires = {1};
  batch.put<tables::nodes>(waits.id, to_record(waits));
  service::node_record named;
  named.id = node_number(2);
  named.name = "web-1";
  batch.put<tables::nodes>(named.id, to_record(named));
  for (std::size_t n = 0; n < command_outcomes; ++n) {
    command_record command;
    command.id = {n + 1};
    command.node = waits.id;
    command.outcome = static_cast<command_outcome>(n);
    put_command(batch, command);
  }
  batch.put<tables::settings>(newest_command_key(), newest_command_record({17}));
  // It does not name its node, so nothing waits for it.
  batch.put<tables::commands>({12}, make_record<records::Command>([](records::Command::Builder) {}));
  const std::vector<shared_batch> group{std::move(batch).seal()};
  REQUIRE(opened->writer->commit(group).front().ok());

  const auto found = read_inventory(*opened->reader, runtime::log{});
  REQUIRE_MESSAGE(found.ok(), found.fault().check);
  CHECK(found->nodes.waiting("192.0.2.7:4711", {0}).from_source == 1);
  CHECK(found->nodes.waiting("192.0.2.8:4711", {0}).from_source == 0);
  CHECK(found->nodes.taken("web-1", {}));
  CHECK_FALSE(found->nodes.taken("web-1", named.id));
  REQUIRE(found->commands.size() == 3); // open, sent, accepted
  CHECK(found->commands.front().id.value == 1);
  CHECK(found->commands.back().id.value == 9);
  CHECK(found->newest_command.value == 17);
  CHECK(opened->reader->get<tables::ended_commands>({3}).ok());
}

TEST_CASE(
    "check 33: numbers after a start are above those that the store knows, and above those that it forgot") {
  trust_inventory found;
  found.newest_epoch = {7};
  found.newest_command = {numbers_above({1'700'000'000}) + 5};
  found.begin({1'700'000'000});
  CHECK(found.newest_epoch.value == numbers_above({1'700'000'000}));
  CHECK(found.newest_command.value == numbers_above({1'700'000'000}) + 5);
  found.begin({1'700'000'001});
  CHECK(found.newest_command.value == numbers_above({1'700'000'001}));
  CHECK(incarnation_of(found.newest_epoch) == incarnation{1'700'000'001});
  CHECK(numbers_above(max_incarnation) + (1U << incarnation_shift) == std::uint64_t{1} << 53U);
}
