// What breaks if these fail: a program whose log is not read hangs, with every actor that logs.
#include "actors/runtime/stderr_sink.hpp"

#include <climits>
#include <doctest/doctest.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <string>
#include <unistd.h>

using namespace muster;

namespace {

/// A pipe, and a log into it.
struct piped_log {
  piped_log() {
    REQUIRE(::pipe(ends) == 0);
    out = std::make_shared<spdlog::logger>("test", std::make_shared<runtime::stderr_sink>(ends[1]));
    out->set_pattern("%v");
  }
  ~piped_log() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  /// All that is in the pipe, which must not be empty.
  std::string read() const {
    std::string all(std::size_t{1} << 20U, '\0');
    const auto size = ::read(ends[0], all.data(), all.size());
    REQUIRE(size > 0);
    return all.substr(0, static_cast<std::size_t>(size));
  }

  int ends[2] = {-1, -1};
  std::shared_ptr<spdlog::logger> out;
};

} // namespace

TEST_CASE("a log without a reader blocks no writer, and reports what was left out once it is read again") {
  const piped_log log;
  constexpr std::size_t lines = 50'000;
  for (std::size_t i = 0; i < lines; ++i)
    log.out->info("event=some.event number=123456789");
  const auto first = log.read();
  const auto whole = static_cast<std::size_t>(std::ranges::count(first, '\n'));
  CHECK(first.ends_with("number=123456789\n")); // no line was cut
  CHECK(whole < lines);
  log.out->info("event=next");
  CHECK(log.read()
        == "level=warning event=log.lines_lost count=" + std::to_string(lines - whole) + "\nevent=next\n");
  log.out->info("event=last");
  CHECK(log.read() == "event=last\n");
}

TEST_CASE("a line is never longer than what a pipe writes atomically") {
  const piped_log log;
  log.out->info(std::string(3 * PIPE_BUF, 'x'));
  const auto line = log.read();
  CHECK(line.size() == PIPE_BUF);
  CHECK(line.back() == '\n');
}

TEST_CASE("a log whose descriptor is closed drops its lines, without a fault") {
  const auto closed = std::make_shared<spdlog::logger>("test", std::make_shared<runtime::stderr_sink>(-1));
  closed->info("event=unheard");
}
