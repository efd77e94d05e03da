#include "tests/net/link/two_ends.hpp"

#include <doctest/doctest.h>

#include <random>

namespace muster::net::link {

namespace {

struct dice final : test::choices {
  explicit dice(std::uint64_t seed) : random{seed} {}
  std::size_t below(std::size_t n) override { return random() % n; }
  std::mt19937_64 random;
};

frame filled(std::size_t n) { return frame::adopt(bytes(n, 7)); }

/// What `end` has to say now.
std::vector<stream_message> all_of(link_streams& end) {
  std::vector<stream_message> out;
  while (auto next = end.next())
    out.push_back(std::move(next->message));
  return out;
}

void hand_over(link_streams& from, link_streams& to) {
  for (const auto& message : all_of(from))
    REQUIRE(to.take(message));
}

} // namespace

TEST_CASE("link: whatever the order of calls and messages, streams keep their bytes, bounds and progress") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    dice chance{seed};
    // From a pool that is empty to one that never is.
    test::two_ends ends{{1 + chance.below(14), chance.below(5) * 20'000}};
    for (int i = 0; i < 1500; ++i)
      if (const auto wrong = ends.step(chance)) FAIL(*wrong);
    if (const auto wrong = ends.settle()) FAIL(*wrong);
  }
}

TEST_CASE("link: a stream whose owner reads nothing stops, and the others go on") {
  lower_streams lower{{}};
  upper_streams upper{{}};
  const auto stuck = *lower.open({"a", {}});
  const auto other = *lower.open({"b", {}});
  lower.send(stuck, filled(1'000'000));
  lower.send(other, filled(1'000'000));
  std::size_t of_stuck = 0, of_other = 0;
  for (int turns = 0; turns < 1000; ++turns) {
    for (const auto& message : all_of(lower)) {
      const auto got = upper.take(message);
      REQUIRE(got);
      if (!*got || !std::holds_alternative<stream_data>(**got)) continue;
      const auto& data = std::get<stream_data>(**got);
      (data.stream == stuck ? of_stuck : of_other) += data.body.size();
      if (data.stream == other) upper.consumed(other, data.body.size());
    }
    hand_over(upper, lower);
  }
  CHECK(of_stuck == receive_window::first);
  CHECK(of_other == 1'000'000);
}

TEST_CASE("link: streams take turns, a slice each") {
  lower_streams lower{{}};
  upper_streams upper{{}};
  std::vector<stream_id> streams;
  for (int i = 0; i < 3; ++i)
    streams.push_back(*lower.open({"", {}}));
  hand_over(lower, upper);
  for (const auto id : streams) {
    REQUIRE(lower.take(stream_window{id, 200'000}));
    lower.send(id, filled(100'000));
  }
  std::vector<std::uint64_t> order;
  for (const auto& message : all_of(lower)) {
    const auto& data = std::get<stream_data>(message);
    CHECK(data.body.size() <= largest_slice);
    order.push_back(data.stream.value);
  }
  REQUIRE(order.size() == 21);
  for (std::size_t i = 0; i < order.size(); ++i)
    CHECK(order[i] == 1 + i % 3);
}

TEST_CASE("link: no stream takes the whole pool, and with an empty one each has its first window") {
  constexpr std::size_t pool = 1024UL * 1024;
  upper_streams upper{{50'000, pool}};
  // Each says that it has a gigabyte, gets what there is, and then sends nothing.
  for (std::uint64_t id = 1; id <= 2000; ++id) {
    REQUIRE(upper.take(stream_open{{id}, {}}));
    REQUIRE(upper.take(stream_data{{id}, filled(receive_window::first), 1U << 30U}));
    upper.consumed({id}, receive_window::first);
    const auto told = all_of(upper);
    REQUIRE(told.size() == 1);
    const auto more = std::get<stream_window>(told[0]).more;
    CHECK(more >= receive_window::first);
    CHECK(more <= receive_window::first + pool / 8);
  }
  CHECK(upper.reserved() <= pool);
}

TEST_CASE("link: what the far end must not say") {
  struct row {
    const char* what;
    stream_message message;
    errc code;
  };
  const std::vector<row> rows{
      {"a number again", stream_open{{5}, {}}, errc::malformed},
      {"a lower number", stream_open{{4}, {}}, errc::malformed},
      {"data of a stream that never was", stream_data{{6}, filled(1), 0}, errc::malformed},
      {"a window of a stream that never was", stream_window{{6}, 1}, errc::malformed},
      {"the end of a stream that never was", stream_close{{6}, stream_end::end}, errc::malformed},
      {"a window beyond all bounds", stream_window{{5}, 0xffffffff}, errc::malformed},
      {"more streams than allowed", stream_open{{7}, {}}, errc::limit},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    upper_streams upper{{1, 0}};
    REQUIRE(upper.take(stream_open{{5}, {}}));
    const auto got = upper.take(r.message);
    REQUIRE_FALSE(got);
    CHECK(got.fault().code == r.code);
  }
  lower_streams lower{{}};
  CHECK(lower.take(stream_open{{1}, {}}).fault().code == errc::malformed); // nobody above opens
}

TEST_CASE("link: data beyond the credit end their stream; again and again, the link") {
  upper_streams upper{{100, 0}};
  for (std::uint64_t id = 1; id <= 9; ++id) {
    REQUIRE(upper.take(stream_open{{id}, {}}));
    const auto got = upper.take(stream_data{{id}, filled(receive_window::first + 1), 0});
    if (id == 9) {
      CHECK(got.fault().code == errc::limit);
      break;
    }
    REQUIRE(got);
    REQUIRE(*got);
    CHECK(std::get<stream_close>(**got).why == stream_end::overdrawn);
    const auto told = all_of(upper);
    REQUIRE(told.size() == 1);
    CHECK(std::get<stream_close>(told[0]).why == stream_end::overdrawn);
    // What was on its way is dropped without a word.
    const auto late = upper.take(stream_data{{id}, filled(10), 0});
    REQUIRE(late);
    CHECK_FALSE(*late);
  }
}

TEST_CASE("link: small chunks are sent together") {
  lower_streams lower{{}};
  const auto id = *lower.open({"", {}});
  for (int i = 0; i < 3000; ++i)
    lower.send(id, filled(1));
  const auto told = all_of(lower);
  REQUIRE(told.size() == 2);
  CHECK(std::get<stream_data>(told[1]).body.size() == 3000);
}

TEST_CASE("link: a stream that is closed before the far end heard of it leaves no trace") {
  lower_streams lower{{}};
  const auto id = *lower.open({"", {}});
  lower.close(id, stream_end::broken);
  CHECK(all_of(lower).empty());
  CHECK(lower.size() == 0);
}

} // namespace muster::net::link
