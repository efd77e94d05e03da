#include "actors/runtime/log.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::runtime;

namespace {

struct recorder {
  std::vector<std::string> lines;
  runtime::log out{
      runtime::log::to([this](std::string_view line) { lines.emplace_back(line); }, log_level::info)};
};

} // namespace

TEST_CASE("an event is one line of key=value, text quoted, numbers bare") {
  recorder r;
  r.out.info("session.open", {{"peer", "127.0.0.1:1"}, {"frames", 7}, {"credit", std::size_t{0}}});
  r.out.error("stop");
  REQUIRE(r.lines.size() == 2);
  CHECK(r.lines[0] == R"(level=info event=session.open peer="127.0.0.1:1" frames=7 credit=0)");
  CHECK(r.lines[1] == "level=error event=stop");
}

TEST_CASE("no value can forge a field, a line or a terminal sequence") {
  struct row {
    std::string in, out;
  };
  const row rows[] = {
      {"a\" level=\"error", R"(v="a\" level=\"error")"},
      {"a\nlevel=error", R"(v="a\x0alevel=error")"},
      {"\x1b[2J", R"(v="\x1b[2J")"},
      {"back\\slash", R"(v="back\\slash")"},
      {"", R"(v="")"},
      {"{}%n{0}", R"(v="{}%n{0}")"},
  };
  for (const auto& row : rows) {
    recorder r;
    r.out.warning("e", {{"v", row.in}});
    REQUIRE(r.lines.size() == 1);
    CHECK(r.lines[0] == "level=warning event=e " + row.out);
  }
  recorder r;
  r.out.info("e", {{"v", std::string(100'000, '\n')}});
  CHECK(r.lines[0].size() < 5'000);
}

TEST_CASE("the level changes at run time, for every copy") {
  recorder r;
  const auto copy = r.out;
  copy.debug("hidden");
  CHECK_FALSE(copy.enabled(log_level::debug));
  r.out.set_level(log_level::debug);
  copy.debug("shown");
  r.out.set_level(log_level::error);
  copy.warning("hidden");
  CHECK(r.lines == std::vector<std::string>{"level=debug event=shown"});
  for (const auto level : {log_level::debug, log_level::info, log_level::warning, log_level::error})
    CHECK(log_level_from(to_string(level)) == level);
  CHECK_FALSE(log_level_from("INFO"));
}

TEST_CASE("a fault is logged as its code and its check") {
  recorder r;
  const fault why{errc::limit, "frame: too long"};
  r.out.info("e", {fault_code(why), fault_check(why)});
  CHECK(r.lines[0] == R"(level=info event=e fault="limit" check="frame: too long")");
}
