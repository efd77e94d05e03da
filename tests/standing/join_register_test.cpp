// What breaks if this fails: a token admits more machines than it may, or one that ended counts again.
#include "standing/join_offer.hpp"
#include "standing/join_register.hpp"
#include "standing/wrong_tokens.hpp"

#include <doctest/doctest.h>

namespace join_register_test {

using namespace muster;
using namespace muster::service;

namespace {

constexpr std::uint64_t day = 24ULL * 3600 * 1000;

join_token token_of(std::uint8_t number, std::uint32_t uses) {
  join_token_order order{"web", "", uses};
  order.by = "ops";
  return new_join_token(order, bytes32{number}, {1000}, 0);
}

node_id node_of(std::uint8_t number) { return {bytes32{number}}; }

struct kept {
  join_register all;
  bool usable(std::uint8_t number, std::uint64_t now = 2000, std::uint64_t loss = 0) const {
    return all.usable(bytes32{number}, {now}, loss) != nullptr;
  }
  join_state state(std::uint64_t now = 2000, std::uint64_t loss = 0) const {
    return all.lines({now}, loss).at(0).state;
  }
};

} // namespace

TEST_CASE("check 49: what is held counts as used until it is given back") {
  kept is;
  is.all.settle(token_of(1, 2));
  CHECK(is.usable(1));
  CHECK_FALSE(is.usable(2));
  is.all.hold(bytes32{1});
  is.all.hold(bytes32{1});
  CHECK_FALSE(is.usable(1));
  is.all.give_back(bytes32{1});
  CHECK(is.usable(1));
  is.all.hold(bytes32{1});
  is.all.keep(node_of(1), {bytes32{1}, {2000}});
  is.all.keep(node_of(2), {bytes32{1}, {2001}});
  CHECK_FALSE(is.usable(1));
  CHECK(is.state() == join_state::used_up);
  is.all.give_back(bytes32{1}); // nothing is held any more
  CHECK_FALSE(is.usable(1));
  const auto line = is.all.lines({2000}, 0).at(0);
  CHECK(line.used == 2);
  CHECK(line.nodes == std::vector{node_of(2), node_of(1)});
}

TEST_CASE("check 49: a token ends by its time, by a revocation, and by a loss of records") {
  kept is;
  is.all.settle(token_of(1, 5));
  CHECK(is.usable(1, 1000 + day - 1));
  CHECK_FALSE(is.usable(1, 1000 + day));
  CHECK(is.state(1000 + day) == join_state::expired);
  CHECK_FALSE(is.usable(1, 2000, 77));
  CHECK(is.state(2000, 77) == join_state::lost);
  auto revoked = token_of(1, 5);
  revoked.revoked = {1500};
  is.all.settle(revoked);
  CHECK_FALSE(is.usable(1));
  CHECK(is.state() == join_state::revoked);
  auto of_a_hub = token_of(2, 5);
  of_a_hub.role = join_role::none;
  is.all.settle(of_a_hub);
  CHECK_FALSE(is.usable(2));
}

TEST_CASE("check 49: a token leaves the list 7 days after its end, itself first and its uses after it") {
  kept is;
  is.all.settle(token_of(1, 2));
  is.all.note(node_of(1), {bytes32{1}, {2000}});
  const auto end = 1000 + day + 7 * day;
  CHECK_FALSE(is.all.overdue({end - 1}).has_value());
  REQUIRE(is.all.overdue({end}) == bytes32{1});
  is.all.hold(bytes32{1}); // an admission is on its way
  CHECK_FALSE(is.all.overdue({end}).has_value());
  is.all.give_back(bytes32{1});
  is.all.erase(bytes32{1});
  CHECK_FALSE(is.usable(1));
  CHECK(is.all.lines({end}, 0).empty());
  CHECK(is.all.left_over(8) == std::vector{node_of(1)});
  is.all.erase_left_over(1);
  CHECK(is.all.left_over(8).empty());
  // One that is used up ends with its last use, and one that is revoked, with that.
  is.all.settle(token_of(2, 1));
  is.all.note(node_of(2), {bytes32{2}, {3000}});
  CHECK(is.all.overdue({3000 + 7 * day}) == bytes32{2});
  CHECK_FALSE(is.all.overdue({3000 + 7 * day - 1}).has_value());
}

TEST_CASE("check 49: a use that cannot be read counts for each token, and one without a token is left over") {
  kept is;
  is.all.settle(token_of(1, 1));
  is.all.settle(token_of(2, 2));
  is.all.note_unreadable();
  CHECK_FALSE(is.usable(1));
  CHECK(is.usable(2));
  is.all.note(node_of(9), {bytes32{3}, {2000}});
  CHECK(is.all.left_over(8) == std::vector{node_of(9)});
}

TEST_CASE("the tokens in use, and those on record, are bounded") {
  join_register all;
  const auto put = [&](std::size_t i, wall_time expires) {
    auto one = token_of(1, 1);
    one.digest = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8U)};
    one.expires = expires;
    all.settle(one);
  };
  for (std::size_t i = 0; i < join_register::most_live; ++i) {
    CHECK(all.room({2000}, 0).ok());
    put(i, {3000});
  }
  CHECK(all.room({2000}, 0).fault().code == errc::limit);
  CHECK(all.room({3000}, 0).ok()); // they have ended
  for (std::size_t i = join_register::most_live; i < join_register::most_recorded; ++i)
    put(i, {3000});
  CHECK(all.room({3000}, 0).fault().code == errc::limit);
}

TEST_CASE("an order for a token is checked field by field") {
  const auto wrong = [](join_token_order order) {
    const auto good = check_join_order(order);
    return good ? std::string{} : good.fault().check.substr(0, good.fault().check.find(':'));
  };
  using std::chrono::hours;
  using std::chrono::milliseconds;
  CHECK(wrong({"web", "", 1}).empty());
  CHECK(wrong({"web", std::string(64, 'x'), 100'000, hours{24 * 30}}).empty());
  CHECK(wrong({"", "", 1}) == "group");
  CHECK(wrong({"web", std::string(65, 'x'), 1}) == "label");
  CHECK(wrong({"web", "a\nb", 1}) == "label");
  CHECK(wrong({"web", "", 0}) == "uses");
  CHECK(wrong({"web", "", 100'001}) == "uses");
  CHECK(wrong({"web", "", 1, milliseconds{0}}) == "expires");
  CHECK(wrong({"web", "", 1, hours{24 * 30} + milliseconds{1}}) == "expires");
}

TEST_CASE("wrong tokens are counted by source, and bounded for each") {
  wrong_tokens wrong;
  for (int i = 0; i < 16; ++i)
    CHECK(wrong.count("192.0.2.1:" + std::to_string(1000 + i), {5000}).ok());
  CHECK(wrong.count("192.0.2.1:1", {5000}).fault().code == errc::limit);
  CHECK(wrong.count("192.0.2.2:1", {5000}).ok());
  CHECK(wrong.count("192.0.2.1:1", {5000 + 60'000}).ok());
  CHECK_FALSE(wrong.count("192.0.2.1:1", {5000 + 60'000}).ok());
  CHECK(wrong.total() == 20);
  const auto worst = wrong.worst(1);
  REQUIRE(worst.size() == 1);
  CHECK(worst[0].where == "192.0.2.1");
  CHECK(worst[0].wrong == 19);
  // However many sources there are, no more are remembered, and the others share one bound.
  wrong_tokens flood;
  for (std::size_t i = 0; i < 3 * wrong_tokens::most_sources; ++i)
    (void)flood.count("10." + std::to_string(i / 250) + ".0." + std::to_string(i % 250), {5000});
  CHECK(flood.worst(1'000'000).size() <= wrong_tokens::most_sources + 1);
  CHECK_FALSE(flood.count("203.0.113.9:1", {5000}).ok());
}

} // namespace join_register_test
