// Groups that are upgraded: how their machines and canaries are shown when no machine lies.
#include "tests/liar/named_case.hpp"

#include <doctest/doctest.h>

namespace muster::liar {

TEST_CASE("machines of a group that is upgraded are shown as what they are, during the stage and after it") {
  struct row {
    upgrading group;
    level staged;
    level over;
  };
  const row rows[] = {
      {{0, version::old, ending::enforced}, level::trusted, level::untrusted},
      {{2, version::old, ending::enforced}, level::trusted, level::untrusted},
      {{2, version::old, ending::expired}, level::trusted, level::trusted},
      {{2, version::old, ending::undone}, level::trusted, level::trusted},
      {{0, version::running, ending::enforced}, level::trusted, level::untrusted},
      {{0, version::running, ending::given_up}, level::trusted, level::untrusted},
      {{1, version::next, ending::enforced}, level::trusted, level::trusted},
      {{2, version::next, ending::enforced}, level::trusted, level::trusted},
      {{2, version::next, ending::expired}, level::trusted, level::untrusted},
      {{2, version::next, ending::given_up}, level::trusted, level::untrusted},
      {{2, version::next, ending::undone}, level::trusted, level::trusted},
      {{2, version::mixed, ending::enforced}, level::untrusted, level::untrusted},
      {{2, version::mixed, ending::undone}, level::untrusted, level::untrusted},
  };
  auto& on = shared_stage();
  for (const auto& r : rows) {
    const auto where =
        scene_of({"", "grub-sb, 10 files", "default", "nothing", plot::member, nullptr, r.group}, on);
    CAPTURE(to_string(where, on));
    const auto shown = play(on, where, {});
    REQUIRE(shown.size() == 6);
    CAPTURE(to_string(shown));
    for (std::size_t i = 0; i < 2; ++i)
      CHECK(shown[i].what == r.staged);
    for (std::size_t i = 2; i < 5; ++i)
      CHECK(shown[i].what == r.over);
  }
}

TEST_CASE("canaries teach their group's upgrade, and one bad canary of three neither teaches nor hinders") {
  auto& on = shared_stage();
  for (const bool bad : {false, true})
    for (const auto* law : {"default", "strict", "servers", "known-only"}) {
      const auto where = scene_of({"",
                                   "grub-sb, 10 files",
                                   law,
                                   bad ? "implant" : "nothing",
                                   plot::canary,
                                   nullptr,
                                   {2, version::next, ending::enforced, bad}},
                                  on);
      CAPTURE(to_string(where, on));
      const auto shown = play(on, where, {});
      REQUIRE(shown.size() == 5);
      CAPTURE(to_string(shown));
      // Before the campaign no set knows the canaries' files. Only a policy of known files ignores new ones.
      CHECK(shown[0].what == level::untrusted);
      for (std::size_t i = 1; i < shown.size(); ++i)
        CHECK(shown[i].what
              == (bad && law != std::string_view{"known-only"} ? level::untrusted : level::trusted));
    }
}

} // namespace muster::liar
