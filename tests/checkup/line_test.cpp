// What breaks if this fails: a script takes a checkup for good that was not, or cannot read it.
#include "checkup/line.hpp"

#include <doctest/doctest.h>

using namespace muster::checkup;

TEST_CASE("check 47: a checkup is in order only if everything was seen and nothing is bad") {
  struct {
    const char* what;
    lines all;
    bool in_order;
  } const cases[] = {
      {"nothing was looked at", {}, false},
      {"all good", {good("a", "x"), good("b", "y")}, true},
      {"a note works as it is", {good("a", "x"), note("b", "y", "z")}, true},
      {"one was not seen", {good("a", "x"), unseen("b", "y", "z")}, false},
      {"one is bad", {bad("a", "x", "z"), good("b", "y")}, false},
      {"one gave no answer in time", {good("a", "x"), too_slow("b", 5, "z")}, false},
      {"an outcome that nobody set", {good("a", "x"), line{"b", {}, "y", "z"}}, false},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    CHECK(in_order(one.all) == one.in_order);
    CHECK(exit_status_of(one.all) == (one.in_order ? 0 : 1));
  }
}

TEST_CASE("people get a line for each check, its remedy below it, and a count") {
  const lines all{good("clock", "right"), note("disk", "small", "grow it"),
                  unseen("state", "closed", "use sudo"), bad("tpm", "gone", "put it back")};
  CHECK(text_for_people(all)
        == "ok        clock  right\n"
           "note      disk   small\n"
           "                 -> grow it\n"
           "NOT SEEN  state  closed\n"
           "                 -> use sudo\n"
           "NOT OK    tpm    gone\n"
           "                 -> put it back\n"
           "not in order: 1 ok, 1 to note, 1 not seen, 1 not ok\n");
  CHECK(text_for_people(lines{good("a", "b")}) == "ok        a  b\nin order: 1 ok\n");
}

TEST_CASE("programs get JSON, whatever a text holds") {
  const lines all{bad("tpm", "it says \"no\" \\ and\nmore \xff", "é")};
  CHECK(text_for_programs(all)
        == "{\"in_order\":false,\"checks\":[{\"subject\":\"tpm\",\"outcome\":\"bad\","
           "\"says\":\"it says \\\"no\\\" \\\\ and\\\\x0amore \\\\xff\",\"remedy\":\"é\"}]}\n");
  CHECK(text_for_programs(lines{}) == "{\"in_order\":false,\"checks\":[]}\n");
}
