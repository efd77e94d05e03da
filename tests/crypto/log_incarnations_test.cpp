// What breaks if these fail: an acknowledged loss keeps counting, or an unknown loss does not count.
#include "crypto/log_incarnations.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::crypto;

namespace {

const log_name ours{{1, 2, 3}};

/// Incarnation 100 has leaves 0 to 9, 200 has 10 to 29, and 300 has all later ones.
log_incarnations three() {
  log_incarnations out{ours};
  out.add({100}, 0);
  out.add({200}, 10);
  out.add({300}, 30);
  return out;
}

std::optional<std::uint64_t> lost_before(std::uint64_t incarnation, std::uint64_t size,
                                         const log_name& log = ours) {
  const auto out = three().loss_of({size, {}, {}, log, {incarnation}}, 40);
  return out ? std::optional{out->before.value} : std::nullopt;
}

} // namespace

TEST_CASE("check 33: the loss that a head shows follows from its incarnation, and from the log's extent in "
          "that incarnation") {
  // The log has these records of the incarnation, but they were changed.
  CHECK(lost_before(100, 1) == 0);
  CHECK(lost_before(100, 10) == 0);
  CHECK(lost_before(200, 11) == 0);
  CHECK(lost_before(200, 30) == 0);
  CHECK(lost_before(300, 40) == 0);
  // Later records of the incarnation are lost, because the copy was made in the middle of it.
  CHECK(lost_before(100, 11) == 200);
  CHECK(lost_before(200, 31) == 300);
  CHECK(lost_before(200, 10) == 300); // the same number, but begun at another leaf
  // An incarnation that the log does not have.
  CHECK(lost_before(0, 5) == 100);
  CHECK(lost_before(150, 5) == 200);
  CHECK(lost_before(299, 5'000) == 300);
  // The head is of another database.
  CHECK(lost_before(100, 5, {{9}}) == 200);
  CHECK(lost_before(100, 5, {ours.id, 1}) == 200);
  // The head is not below the newest incarnation, so it is still open what is lost.
  CHECK(lost_before(300, 41) == std::nullopt);
  CHECK(lost_before(301, 5) == std::nullopt);
  CHECK(lost_before(300, 5, {{9}}) == std::nullopt);
  CHECK(log_incarnations{}.loss_of({}, 0) == std::nullopt);
}

TEST_CASE("the words of a record are read back, and no other words are") {
  CHECK(three().newest().value == 300);
  const auto text = incarnation_text(ours, {300});
  CHECK(text == "incarnation 300 of log 01020300000000000000000000000000");
  CHECK(incarnation_from(text) == std::pair{ours, incarnation{300}});
  CHECK(incarnation_from(incarnation_text({ours.id, 7}, {1}))
        == std::pair{log_name{ours.id, 7}, incarnation{1}});
  for (const auto* other : {"", "incarnation", "incarnation 300 of log 0102",
                            "incarnation x of log 01020300000000000000000000000000",
                            "incarnation 300 of log 01020300000000000000000000000000.",
                            "incarnation 300 of log 01020300000000000000000000000000.0",
                            "incarnation 0300 of log 01020300000000000000000000000000",
                            "incarnation 99999999999 of log 01020300000000000000000000000000"})
    CHECK_FALSE(incarnation_from(other).has_value());

  log_acknowledgement what{{{300}}, 41, {}, {}, {}};
  what.root.fill(0xab);
  const auto said = acknowledgement_text(what, bytes{1, 2});
  CHECK(said.starts_with("before 300 at 41:abab"));
  const auto read = acknowledgement_from(said);
  REQUIRE(read.has_value());
  CHECK(read->first.loss == what.loss);
  CHECK(read->first.size == 41);
  CHECK(read->first.root == what.root);
  CHECK(read->second == bytes{1, 2});
  for (std::size_t n = 0; n < said.size() - 2; ++n)
    CHECK_FALSE(acknowledgement_from(std::string_view{said}.substr(0, n)).has_value());
  CHECK_FALSE(acknowledgement_from(said + " ").has_value());
}

TEST_CASE("check 33: an acknowledgement is signed as a whole") {
  const auto key = private_key::make_ec(curve::p256);
  const log_acknowledgement what{{{300}}, 41, {}, {5}, "uid=0"};
  const auto signature = sign_acknowledgement(what, key).value();
  CHECK(verify_acknowledgement(what, signature, key.pub()).ok());
  for (const auto change : {0, 1, 2, 3, 4}) {
    auto other = what;
    if (change == 0) ++other.loss.before.value;
    if (change == 1) ++other.size;
    if (change == 2) other.root[0] ^= 1;
    if (change == 3) ++other.when.milliseconds;
    if (change == 4) other.who = "uid=1";
    CHECK_FALSE(verify_acknowledgement(other, signature, key.pub()).ok());
  }
}
