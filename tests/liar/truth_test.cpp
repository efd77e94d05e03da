// After a kexec that lost its list there are two truthful accounts. The tests check which is reported, and
// how each is shown.
#include "tests/liar/named_case.hpp"

#include <doctest/doctest.h>

namespace muster::liar {

TEST_CASE("a machine that reports what a kexec lost is shown as what it is, and no better") {
  struct row {
    const char* badness;
    level kernel; ///< by its kernel's list
    level whole;
  };
  constexpr row rows[] = {
      {"kexec that lost its list", level::untrusted, level::warning},
      {"implant, then kexec that lost its list", level::untrusted, level::untrusted},
      {"kexec that carried its list", level::warning, level::warning},
  };
  auto& on = shared_stage();
  for (const auto& r : rows)
    for (const auto* cast : {"made", "grub-sb, 10 files", "measures nothing"}) {
      CAPTURE(std::string{r.badness});
      CAPTURE(std::string{cast});
      const auto is = truth_of(on, scene_of({"", cast, "default", r.badness, plot::fell, nullptr}, on));
      CHECK(is.honest.front().what == r.kernel);
      CHECK(is.whole.front().what == r.whole);
      CHECK(is.whole.front().whole);
    }
}

TEST_CASE("a machine that reports its whole list is known by every byte that extended its TPM, and by "
          "nothing else") {
  struct row {
    const char* words;
    void (*change)(liar& l);
    bool whole;
  };
  constexpr row rows[] = {
      {"nothing", [](liar&) {}, true},
      {"the kernel's own list", [](liar& l) { l.told.list = l.real().list; }, false},
      {"an entry less", [](liar& l) { l.leave_out_entry(3); }, false},
      {"the last entry not yet", [](liar& l) { l.cut_list(1); }, false},
      {"two entries in another order", [](liar& l) { l.swap_entries(2, 3); }, false},
      {"another PCR", [](liar& l) { l.move_entry(2, 11); }, false},
      {"a byte of an entry", [](liar& l) { l.told.list[2].data.back() ^= 1; }, false},
      {"another name of the same template", [](liar& l) { l.relabel_entry(2, "d-ng|n-ng"); }, true},
      {"an entry as a violation", [](liar& l) { l.call_violation(2); }, false},
      {"another name of a violation",
       [](liar& l) {
         l.extend_as_entry(violation_line("/a", {}));
         l.reword_violation(l.violation(), "/b", {});
       },
       true},
      {"an entry that root extended", [](liar& l) { l.extend_as_entry(file_line("/a", "a")); }, true},
      {"an entry that root extended as a digest",
       [](liar& l) {
         l.extend(10, file_line("/a", "a").digests);
         l.insert_entry(l.entries(), file_line("/a", "a"));
       },
       true},
      {"a digest that root extended, and tells as that of other bytes",
       [](liar& l) {
         l.extend(10, file_line("/a", "a").digests);
         l.insert_entry(l.entries(), file_line("/b", "a"));
       },
       false},
      {"what root extended untold", [](liar& l) { l.extend(10, filled_with(1)); }, false},
      {"an entry ahead of the quote", [](liar& l) { l.insert_entry(l.entries(), file_line("/a", "a")); },
       true},
  };
  const auto& good = shared_stage().good(shared_stage().cast_named("grub-sb, 10 files"));
  for (const auto& r : rows) {
    CAPTURE(std::string{r.words});
    auto m = good;
    m.kexec({});
    liar l{m, good};
    l.tell_whole_list();
    r.change(l);
    CHECK(l.tells_whole_list(0) == r.whole);
  }
}

} // namespace muster::liar
