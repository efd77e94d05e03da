#include "node/ra_agent/errand_book.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::node;

namespace {

constexpr boot_id boot_a{{1}};
constexpr boot_id boot_b{{2}};
constexpr boot_time now{10'000};

command order(std::uint64_t id, command_kind kind, std::uint64_t deadline = 70'000) {
  return {{id}, kind, {deadline}};
}

/// Started, and nothing else reported.
bool starts(const errand_step& step, std::uint64_t id) {
  return step.start.size() == 1 && step.start[0].id.value == id && step.answers.empty();
}

bool answers(const errand_step& step, std::uint64_t id, command_outcome how) {
  return step.start.empty() && step.answers.size() == 1 && step.answers[0].id.value == id
         && step.answers[0].how == how;
}

bool nothing(const errand_step& step) { return step.start.empty() && step.answers.empty(); }

errand_book restarted(const errand_book& book, const boot_id& boot = boot_a, boot_time at = now) {
  auto read = errand_book::parse(book.text(), boot, at);
  REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.fault().check));
  return *read;
}

} // namespace

TEST_CASE("a command runs once, however often it comes") {
  errand_book book{boot_a};
  CHECK(starts(book.on_command(order(1, command_kind::renew), now), 1));
  CHECK(nothing(book.on_command(order(1, command_kind::renew), now)));
  CHECK(answers(book.on_end({{1}, command_outcome::done, "ok"}, now), 1, command_outcome::done));
  CHECK(answers(book.on_command(order(1, command_kind::renew), now), 1, command_outcome::done));
  book.on_delivered({1});
  CHECK(book.undelivered().empty());
  // The service asks again because it has lost the answer.
  CHECK(answers(book.on_command(order(1, command_kind::renew), now), 1, command_outcome::done));
  CHECK(book.undelivered().size() == 1);
  // A second end changes nothing.
  CHECK(nothing(book.on_end({{1}, command_outcome::failed, {}}, now)));
}

TEST_CASE("a command that was replayed after its time is not run") {
  errand_book book{boot_a};
  book.on_command(order(5, command_kind::renew, 20'000), now);
  book.on_end({{5}, command_outcome::done, {}}, now);
  book.on_delivered({5});
  const boot_time later{30'000};
  book.on_command(order(6, command_kind::attest, 90'000), later); // forgets 5
  CHECK(answers(book.on_command(order(5, command_kind::renew, 90'000), later), 5,
                command_outcome::interrupted));
  CHECK(answers(book.on_command(order(4, command_kind::renew, 90'000), later), 4, command_outcome::replaced));
  CHECK(answers(book.on_command(order(7, command_kind::renew, 30'000), later), 7, command_outcome::expired));
}

TEST_CASE("a number below a started one of the same kind is not started; other kinds are not affected") {
  for (const auto kind :
       {command_kind::attest, command_kind::renew, command_kind::reconfigure, command_kind::unregister}) {
    CAPTURE(to_string(kind));
    errand_book book{boot_a};
    CHECK(starts(book.on_command(order(9, kind), now), 9));
    CHECK(answers(book.on_command(order(8, kind), now), 8, command_outcome::replaced));
    const auto other = kind == command_kind::attest ? command_kind::renew : command_kind::attest;
    CHECK(starts(book.on_command(order(7, other), now), 7));
  }
}

TEST_CASE("a later command waits for the one that runs, and only the newest waits") {
  errand_book book{boot_a};
  book.on_command(order(1, command_kind::reconfigure), now);
  CHECK(nothing(book.on_command(order(2, command_kind::reconfigure), now)));
  CHECK(nothing(book.on_command(order(2, command_kind::reconfigure), now)));
  CHECK(answers(book.on_command(order(4, command_kind::reconfigure), now), 2, command_outcome::replaced));
  CHECK(answers(book.on_command(order(3, command_kind::reconfigure), now), 3, command_outcome::replaced));
  const auto step = book.on_end({{1}, command_outcome::done, {}}, now);
  REQUIRE(step.start.size() == 1);
  CHECK(step.start[0].id == command_id{4});
  REQUIRE(step.answers.size() == 1);
  CHECK(step.answers[0].id == command_id{1});
}

TEST_CASE("a command that waited beyond its deadline is not run") {
  errand_book book{boot_a};
  book.on_command(order(1, command_kind::renew), now);
  book.on_command(order(2, command_kind::renew, 20'000), now);
  const auto step = book.on_end({{1}, command_outcome::done, {}}, {20'000});
  CHECK(step.start.empty());
  REQUIRE(step.answers.size() == 2);
  CHECK(step.answers[1].how == command_outcome::expired);
}

// It starts when its turn comes: otherwise operators would see "not run" for a command that ran.
TEST_CASE("a waiting command that comes again gets no answer, however late") {
  errand_book book{boot_a};
  book.on_command(order(1, command_kind::renew), now);
  CHECK(nothing(book.on_command(order(2, command_kind::renew, 20'000), now)));
  CHECK(nothing(book.on_command(order(2, command_kind::renew, 11'000), {12'000})));
  const auto step = book.on_end({{1}, command_outcome::done, {}}, {13'000});
  REQUIRE(step.start.size() == 1);
  CHECK(step.start[0].id == command_id{2});
}

TEST_CASE("a command whose time was over is not run") {
  errand_book book{boot_a};
  CHECK(answers(book.on_command(order(1, command_kind::attest, 10'000), now), 1, command_outcome::expired));
  CHECK(answers(book.on_command(order(2, command_kind::attest, 9'999), now), 2, command_outcome::expired));
  CHECK(starts(book.on_command(order(3, command_kind::attest, 10'001), now), 3));
}

TEST_CASE("a command that started before a restart is interrupted and never run again") {
  for (const auto kind : {command_kind::attest, command_kind::renew, command_kind::unregister}) {
    CAPTURE(to_string(kind));
    errand_book book{boot_a};
    book.on_command(order(3, kind), now);
    auto later = restarted(book);
    REQUIRE(later.undelivered().size() == 1);
    CHECK(later.undelivered()[0].how == command_outcome::interrupted);
    CHECK(answers(later.on_command(order(3, kind), now), 3, command_outcome::interrupted));
    CHECK(answers(later.on_command(order(2, kind), now), 2, command_outcome::replaced));
    CHECK(starts(later.on_command(order(4, kind), now), 4));
  }
}

TEST_CASE("outcomes survive a restart, and are reported once") {
  errand_book book{boot_a};
  book.on_command(order(3, command_kind::renew), now);
  book.on_end({{3}, command_outcome::failed, "the CA is away: come back"}, now);
  auto later = restarted(book);
  REQUIRE(later.undelivered().size() == 1);
  CHECK(later.undelivered()[0] == errand_report{{3}, command_outcome::failed, "the CA is away: come back"});
  later.on_delivered({3});
  CHECK(restarted(later).undelivered().empty());
  CHECK(answers(restarted(later).on_command(order(3, command_kind::renew), now), 3, command_outcome::failed));
}

TEST_CASE("over a reboot an id is kept for its whole time again; that of an unregister is kept forever") {
  errand_book book{boot_a};
  book.on_command(order(3, command_kind::renew), now); // 60 s are left
  book.on_end({{3}, command_outcome::done, {}}, now);
  book.on_command(order(4, command_kind::unregister), now);
  book.on_end({{4}, command_outcome::expired, {}}, now);
  const boot_time early{500};
  auto rebooted = restarted(book, boot_b, early);
  rebooted.on_command(order(5, command_kind::attest), {60'000});
  CHECK(answers(rebooted.on_command(order(3, command_kind::renew, 90'000), {60'000}), 3,
                command_outcome::done));
  rebooted.on_command(order(6, command_kind::reconfigure), {60'501});
  CHECK(answers(rebooted.on_command(order(3, command_kind::renew, 90'000), {60'501}), 3,
                command_outcome::interrupted));
  const boot_time much_later{9'000'000'000};
  rebooted.on_command(order(7, command_kind::reconfigure, 9'100'000'000), much_later);
  CHECK(answers(rebooted.on_command(order(4, command_kind::unregister, 9'100'000'000), much_later), 4,
                command_outcome::expired));
}

TEST_CASE("a full book refuses commands that it could not run at most once") {
  errand_book book{boot_a};
  for (std::uint64_t i = 1; i <= errand_book::max_errands; ++i) {
    REQUIRE(starts(book.on_command(order(i, command_kind::attest), now), i));
    book.on_end({{i}, command_outcome::done, {}}, now);
  }
  const auto one_more = errand_book::max_errands + 1;
  CHECK(answers(book.on_command(order(one_more, command_kind::attest), now), one_more,
                command_outcome::unsupported));
  CHECK(book.text().size() <= errand_book::max_text);
  CHECK(starts(book.on_command(order(one_more, command_kind::attest, 200'000), {100'000}), one_more));
}

TEST_CASE("a text with a line break cannot forge a line of the book") {
  errand_book book{boot_a};
  book.on_command(order(1, command_kind::renew), now);
  book.on_end({{1}, command_outcome::failed, "x\nhighest renew 99"}, now);
  auto later = restarted(book);
  CHECK(starts(later.on_command(order(2, command_kind::renew), now), 2));
}

TEST_CASE("a damaged book is a fault, never an empty book") {
  const std::string head = "muster errands 1\nboot 01000000-0000-0000-0000-000000000000\n";
  CHECK(errand_book::parse(head, boot_a, now).ok());
  for (const auto& text :
       {std::string{}, std::string{"muster errands 1\n"}, std::string{"muster errands 2\n"} + head.substr(17),
        head.substr(0, head.size() - 1), head + "errand 1 renew 5 5 started interrupted \nrubbish\n",
        head + "errand x renew 5 5 started interrupted \n",
        head + "errand 1 dance 5 5 started interrupted \n", head + "errand 1 renew 5 5 asleep interrupted \n",
        head + "errand 1 renew 5 5 started gone \n", head + "highest renew\n", head + "highest renew -1\n",
        head + "\n", std::string(70'000, '\n')}) {
    CAPTURE(text.substr(0, 100));
    CHECK_FALSE(errand_book::parse(text, boot_a, now).ok());
  }
}
