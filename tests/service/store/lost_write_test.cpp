// A page whose write the disk lost reads as its older version. What breaks if this fails: the service starts
// on such a database, and a machine or a revocation is silently gone.
#include "tests/service/store/fixture.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sys/wait.h>
#include <unistd.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

constexpr std::size_t page_size = 4096;

bytes content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_content(const std::filesystem::path& file, byte_view content) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out << as_text(content);
}

std::size_t nodes_in(const store_reader& reader) {
  std::size_t out = 0;
  std::optional<node_id> after;
  for (;;) {
    const auto page = reader.page<tables::nodes>(after, 64);
    if (!page) return 0;
    for (const auto& one : *page)
      after = one.key;
    out += page->size();
    if (page->size() < 64) return out;
  }
}

/// In a process of its own, because a database that LMDB cannot handle ends it. True: it starts, and there
/// are fewer records than `all`.
bool starts_with_less(const database_options& options, std::size_t all) {
  const auto child = ::fork();
  if (child == 0) {
    const auto opened = open_database(options);
    ::_exit(opened && nodes_in(*opened->reader) != all ? 7 : 0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

} // namespace

TEST_CASE("check 29: a database in which the write of one page was lost is refused, or has every machine") {
  const temporary_folder folder;
  const auto options = folder.options();
  const auto file = options.folder / "data.mdb";
  std::vector<bytes> at_times;
  constexpr std::uint64_t machines = 400;
  {
    auto database = open_database(options);
    REQUIRE(database.ok());
    for (std::uint64_t n = 1; n <= machines; ++n) {
      write_batch batch;
      // Neighbouring keys are written one after the other, so a leaf page is rewritten often.
      const auto id = node_number(n * 7919 % machines);
      batch.put<tables::nodes>(id, named_node("n" + std::to_string(n)));
      (void)commit(*database, std::move(batch));
      if (n % 40 == 0) at_times.push_back(content_of(file));
    }
  }
  const auto newest = content_of(file);
  std::size_t looked = 0;
  for (const auto& old : at_times)
    for (std::size_t at = 2 * page_size; at + page_size <= std::min(old.size(), newest.size());
         at += page_size) {
      const auto page = byte_view{old}.subspan(at, page_size);
      if (same(page, byte_view{newest}.subspan(at, page_size)) || (at / page_size + looked) % 4 != 0)
        continue;
      ++looked;
      auto damaged = newest;
      std::ranges::copy(page, damaged.begin() + static_cast<std::ptrdiff_t>(at));
      write_content(file, damaged);
      CAPTURE(at / page_size);
      CHECK_FALSE(starts_with_less(options, machines));
    }
  CHECK(looked > 20);
}
