// The process killed at any moment, and full disks.
#include "tests/service/store/fixture.hpp"

#include <csignal>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

/// The child: commits batches for ever and acknowledges each through the pipe. Ends by a signal, or with
/// status 1.
[[noreturn]] void write_until_killed(const database_options& options, int acknowledge) {
  auto opened = open_database(options);
  if (!opened) ::_exit(1);
  const auto first = opened->reader->newest();
  if (!first) ::_exit(1);
  for (auto n = first->value + 1;; ++n) {
    const auto id = node_number(n % 50);
    write_batch batch;
    batch.put<tables::nodes>(id, named_node("n", n));
    batch.append_result(id, result_record(id, n, n % 3000), state_number(n));
    const shared_batch sealed = std::move(batch).seal();
    const auto outcomes = opened->writer->commit({&sealed, 1});
    if (!outcomes.front() || outcomes.front()->value != n) ::_exit(1);
    if (::write(acknowledge, &n, sizeof n) != sizeof n) ::_exit(1);
  }
}

/// Runs the child until it has acknowledged `count` batches, kills it, and returns the newest acknowledged
/// one.
std::uint64_t run_and_kill(const database_options& options, unsigned count) {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    write_until_killed(options, ends[1]);
  }
  ::close(ends[1]);
  std::uint64_t newest = 0;
  for (unsigned i = 0; i < count; ++i)
    REQUIRE(::read(ends[0], &newest, sizeof newest) == sizeof newest);
  REQUIRE(::kill(child, SIGKILL) == 0);
  // What the child acknowledged before it died counts, too.
  while (::read(ends[0], &newest, sizeof newest) == sizeof newest) {
  }
  ::close(ends[0]);
  int how = 0;
  REQUIRE(::waitpid(child, &how, 0) == child);
  CHECK(WIFSIGNALED(how));
  return newest;
}

} // namespace

TEST_CASE("after kill -9, again and again, everything acknowledged is there, and nothing is there in part") {
  const temporary_folder folder;
  std::mt19937 random{5};
  for (int round = 0; round < 25; ++round) {
    const auto acknowledged = run_and_kill(folder.options(), 1 + static_cast<unsigned>(random() % 12));
    auto opened = open_database(folder.options());
    REQUIRE_MESSAGE(opened.ok(), opened.fault().check);
    const auto newest = opened->reader->newest()->value;
    CHECK(newest >= acknowledged);
    CHECK(opened->reader->size()->results == newest);
    for (std::uint64_t n = newest > 30 ? newest - 30 : 1; n <= newest; ++n) {
      const auto found = opened->reader->get<tables::results>({n});
      REQUIRE(found.ok());
      CHECK(found->read([](records::Result::Reader r) { return r.getNumber(); }) == n);
    }
    // Node, state and result of one batch came together.
    const auto last = opened->reader->snapshot(node_number(newest % 50));
    REQUIRE(last->node.ok());
    REQUIRE(last->state.ok());
    CHECK(last->node->read([](records::Node::Reader r) { return r.getGeneration(); }) == newest);
    CHECK(last->state->read([](records::State::Reader r) { return r.getResultSequence(); }) == newest);
  }
}

TEST_CASE("a full map acknowledges nothing, keeps its data, and works again when something is erased") {
  const temporary_folder folder;
  auto opened = open_database(folder.options(1U << 20U));
  REQUIRE(opened.ok());
  const auto id = node_number(1);
  const auto append = [&] {
    write_batch batch;
    batch.append_result(id, result_record(id, 1, 3000), state_number(1));
    return commit(*opened, std::move(batch));
  };
  std::uint64_t stored = 0;
  auto outcome = append();
  for (; outcome && stored < 10000; outcome = append())
    stored = outcome->value;
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.fault().code == errc::limit);
  CHECK(stored > 50);
  CHECK(opened->reader->newest()->value == stored);
  CHECK(opened->reader->size()->results == stored);
  CHECK(opened->reader->get<tables::results>({stored}).ok());

  // In a group with a batch that does not fit, the batch that fits is stored: here, the erasing.
  write_batch erase;
  for (std::uint64_t n = 1; n <= stored / 2; ++n)
    erase.erase_result({n});
  write_batch large;
  large.append_log(node_number(1), 1, frame::adopt(bytes(2U << 20U, 1)), {});
  const std::vector<shared_batch> group{std::move(large).seal(), std::move(erase).seal()};
  const auto outcomes = opened->writer->commit(group);
  CHECK(outcomes[0].fault().code == errc::limit);
  CHECK(outcomes[1].ok());
  const auto again = append();
  REQUIRE_MESSAGE(again.ok(), again.fault().check);
  CHECK(again->value == stored + 1);
}

TEST_CASE("a full disk acknowledges nothing, and everything acknowledged before stays") {
  const temporary_folder folder;
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // A limit on file size refuses writes as a full disk does.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{512 * 1024, 512 * 1024};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    auto opened = open_database(folder.options());
    if (!opened) ::_exit(3);
    std::uint64_t acknowledged = 0;
    for (int i = 0; i < 2000; ++i) {
      write_batch batch;
      batch.append_result(node_number(1), result_record(node_number(1), 1, 3000));
      const shared_batch sealed = std::move(batch).seal();
      const auto outcome = opened->writer->commit({&sealed, 1}).front();
      if (outcome) {
        acknowledged = outcome->value;
        continue;
      }
      if (opened->reader->newest()->value != acknowledged) ::_exit(4);
      if (::write(ends[1], &acknowledged, sizeof acknowledged) != sizeof acknowledged) ::_exit(5);
      ::_exit(outcome.fault().code == errc::io ? 0 : 6);
    }
    ::_exit(7);
  }
  ::close(ends[1]);
  std::uint64_t acknowledged = 0;
  CHECK(::read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
  ::close(ends[0]);
  int how = 0;
  REQUIRE(::waitpid(child, &how, 0) == child);
  REQUIRE(WIFEXITED(how));
  CHECK(WEXITSTATUS(how) == 0);
  CHECK(acknowledged > 10);
  auto opened = open_database(folder.options());
  REQUIRE(opened.ok());
  CHECK(opened->reader->newest()->value == acknowledged);
  CHECK(opened->reader->size()->results == acknowledged);
}
