// A database file that lacks pages: which are missed, which LMDB never wrote, and that the service never
// reads past the file's end.
#include "service/store/file_length.hpp"
#include "tests/service/store/fixture.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

/// Tables with rows that come and go, small ones and some of several pages.
void churn(database& in, std::mt19937& random, unsigned rounds) {
  for (unsigned round = 0; round < rounds; ++round) {
    write_batch batch;
    for (unsigned i = 0; i < 40; ++i) {
      const auto id = node_number(random() % 100);
      if (random() % 2 == 0)
        batch.erase<tables::nodes>(id);
      else
        batch.put<tables::nodes>(
            id, named_node(std::string(random() % 8 == 0 ? random() % 30'000 : random() % 400, 'n')));
    }
    REQUIRE(commit(in, std::move(batch)).ok());
  }
}

/// Exit status of a process that runs `work`; 256 or more: it was killed.
template <class Work> int status_of(Work&& work) {
  const auto child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

} // namespace

TEST_CASE("a database that was cut short is refused, but one that LMDB left short is not") {
  unsigned seed = 0;
  SUBCASE("11") { seed = 11; }
  SUBCASE("12") { seed = 12; }
  CAPTURE(seed);
  const temporary_folder folder;
  const auto options = folder.options();
  const auto file = options.folder / "data.mdb";
  std::mt19937 random{seed};
  {
    auto in = open_database(options);
    REQUIRE(in.ok());
    for (unsigned i = 0; i < 20; ++i) {
      churn(*in, random, 3);
      CHECK(check_file_length(file).ok()); // as after a crash at this moment
    }
  }
  const auto whole = std::filesystem::file_size(file);
  unsigned refused = 0;
  for (auto size = whole; size > 8 * 4096; size -= 4096) {
    std::filesystem::resize_file(file, size);
    if (const auto length = check_file_length(file); !length) {
      CHECK(length.fault().code == errc::malformed);
      CHECK(length.fault().check.find("data.mdb was cut short") != std::string::npos);
      CHECK(length.fault().check.find("restore") != std::string::npos);
      CHECK_FALSE(open_database(options).ok());
      ++refused;
      continue;
    }
    // Nothing that a caller can read is past the end.
    CHECK(status_of([&] {
            const auto in = open_database(options);
            if (!in) ::_exit(2);
            const auto page = in->reader->snapshots(std::nullopt, 1000);
            if (!page || std::ranges::any_of(*page, [](const auto& one) { return !one.node; })) ::_exit(3);
          })
          == 0);
  }
  CHECK(refused > 10);
}

TEST_CASE("the length check reads any damaged database file without a crash") {
  const temporary_folder folder;
  const auto options = folder.options();
  const auto file = options.folder / "data.mdb";
  bytes good;
  std::mt19937 random{7};
  {
    auto in = open_database(options);
    churn(*in, random, 4);
  }
  {
    std::ifstream in{file, std::ios::binary};
    good.assign(std::istreambuf_iterator<char>{in}, {});
  }
  for (unsigned i = 0; i < 300; ++i) {
    auto bad = good;
    bad.resize(random() % bad.size());
    for (auto flips = random() % 20; flips > 0 && !bad.empty(); --flips)
      bad[random() % std::min<std::size_t>(bad.size(), 16'384)] = static_cast<std::uint8_t>(random() & 0xffU);
    std::ofstream{file, std::ios::binary | std::ios::trunc}.write(reinterpret_cast<const char*>(bad.data()),
                                                                  static_cast<std::streamsize>(bad.size()));
    (void)check_file_length(file);
  }
  CHECK(check_file_length(options.folder / "not-there").ok());
}

TEST_CASE("a page that disappears under an open database ends the process with a message, not with SIGBUS") {
  const temporary_folder folder;
  const auto options = folder.options();
  {
    auto in = open_database(options);
    std::mt19937 random{3};
    churn(*in, random, 8);
  }
  std::array<int, 2> words{};
  REQUIRE(::pipe(words.data()) == 0);
  CHECK(status_of([&] {
          ::dup2(words[1], STDERR_FILENO);
          const auto in = open_database(options);
          std::filesystem::resize_file(options.folder / "data.mdb", 2 * 4096);
          (void)in->reader->snapshots(std::nullopt, 1000);
        })
        == EXIT_FAILURE);
  ::close(words[1]);
  std::string said(2000, '\0');
  const auto length = ::read(words[0], said.data(), said.size());
  ::close(words[0]);
  said.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  CHECK(said.find("data.mdb: a page of it cannot be read") != std::string::npos);
  CHECK(said.find("restore") != std::string::npos);
}
