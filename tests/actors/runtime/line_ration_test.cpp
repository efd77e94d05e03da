// What peers can make the log say is bounded: for each peer, for all of them, and in memory.
#include "actors/runtime/line_ration.hpp"
#include "actors/runtime/log.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace muster::runtime;
using namespace std::chrono_literals;

namespace {

const line_ration::time start{std::chrono::hours{1000}};

} // namespace

TEST_CASE("check 25: a peer that floods gets a few lines, and takes none from the others") {
  line_ration ration;
  std::size_t lines = 0;
  for (int i = 0; i < 1'000'000; ++i)
    lines += ration.admit("session.note", "node 1", start + i * 100us).has_value(); // 100 s
  CHECK(lines >= 16);
  CHECK(lines <= 27);
  CHECK(ration.admit("session.note", "node 2", start + 100s).has_value());
  CHECK(ration.admit("session.cut", "node 1", start + 100s).has_value());
}

TEST_CASE("lines that were left out are counted once, with the next line of the event") {
  line_ration ration;
  std::mt19937 random{20261129};
  std::uint64_t asked = 0, written = 0, said = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto left_out = ration.admit("e", std::to_string(random() % 50), start + i * 10ms);
    ++asked;
    if (!left_out) continue;
    ++written;
    said += *left_out;
    CHECK(said + written == asked);
  }
  CHECK(said > 0);
}

TEST_CASE("made-up subjects fill neither the disk nor the memory") {
  line_ration ration;
  std::size_t lines = 0;
  for (int i = 0; i < 200'000; ++i)
    lines += ration.admit("session.cut", std::to_string(i), start + i * 1ms).has_value(); // 200 s
  CHECK(lines <= 1000 + 200 * 20 + 1);
  CHECK(ration.subjects() <= line_ration::max_subjects);
  // Peers that were silent long enough make room again.
  CHECK(ration.admit("session.cut", "new", start + 1h).has_value());
  CHECK(ration.subjects() == 1);
}

TEST_CASE("a line about a peer says how many were left out before it") {
  std::vector<std::string> lines;
  const auto out = log::to([&](std::string_view line) { lines.emplace_back(line); }, log_level::info);
  for (int i = 0; i < 100; ++i)
    out.of_peer(log_level::info, "session.note", "node 1", {{"node", "1"}});
  CHECK(lines.size() == 16);
  out.of_peer(log_level::info, "session.note", "node 2", {{"node", "2"}});
  REQUIRE(lines.size() == 17);
  CHECK(lines.back() == R"(level=info event=session.note node="2" left_out=84)");
  out.of_peer(log_level::debug, "session.note", "node 3", {}); // neither written nor counted
  out.of_peer(log_level::info, "session.note", "node 3", {});
  CHECK(lines.back() == "level=info event=session.note");
}
