#include "service/store/lost_page.hpp"

#include "messages/vocabulary/bytes.hpp"
#include "service/store/file_length.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <unistd.h>

namespace muster::service {

namespace {

// A signal handler may use only what is fixed beforehand (CONTRIBUTING.md 5): where the map is, and what to
// say.
struct watched_map {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
  std::array<char, 1024> words{};
  std::atomic<std::size_t> length{0};
};
watched_map watched; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void on_lost_page(int number, siginfo_t* what, void*) {
  const auto at = reinterpret_cast<std::uintptr_t>(what->si_addr);
  if (at >= watched.begin && at < watched.end) {
    (void)!::write(STDERR_FILENO, watched.words.data(), watched.length);
    ::_exit(EXIT_FAILURE);
  }
  std::signal(number, SIG_DFL); // the access is retried, and ends the process as it would have without us
}

struct address_range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

/// The first map of the file. Lines are "begin-end rights offset device inode path".
address_range map_of(const std::string& file) {
  std::ifstream maps{"/proc/self/maps"};
  std::string line;
  while (std::getline(maps, line)) {
    if (!line.ends_with(" " + file)) continue;
    address_range out;
    const auto* const last = line.data() + line.size();
    const auto begin = std::from_chars(line.data(), last, out.begin, 16);
    if (begin.ec != std::errc{} || begin.ptr == last || *begin.ptr != '-') continue;
    if (std::from_chars(begin.ptr + 1, last, out.end, 16).ec == std::errc{}) return out;
  }
  return {};
}

} // namespace

lost_page_watch::lost_page_watch(const std::filesystem::path& file) {
  std::error_code error;
  const auto whole = std::filesystem::canonical(file, error); // as /proc names it
  const auto map = error ? address_range{} : map_of(whole.string());
  if (map.begin == map.end) return;
  const auto words = "ras: " + printable(file.string())
                     + ": a page of it cannot be read: it was cut short, or the disk fails; look at the "
                       "disk, then "
                     + std::string{damaged_database_remedy} + "\n";
  watched.end = 0; // until the rest is set
  watched.length = std::min(words.size(), watched.words.size());
  std::memcpy(watched.words.data(), words.data(), watched.length);
  watched.begin = begin_ = map.begin;
  watched.end = map.end;
  struct sigaction how {};
  how.sa_sigaction = &on_lost_page;
  how.sa_flags = SA_SIGINFO;
  sigemptyset(&how.sa_mask);
  (void)::sigaction(SIGBUS, &how, nullptr);
}

lost_page_watch::~lost_page_watch() {
  if (begin_ != 0 && watched.begin == begin_) watched.end = 0;
}

} // namespace muster::service
