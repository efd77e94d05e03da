#include "tests/liar/honest_life.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace muster::liar {

void honest_life::vary(const machine& good, dice& d) {
  const auto& one = variations()[d.below(variations().size())];
  happen(one.name, one.at_least, [&](machine& m) { return one.happen(m, good, d); });
}

void honest_life::upgrade(const muster::liar::upgrade& way, version to) {
  happen(to_string(to), level::trusted, [&](machine& m) {
    REQUIRE(bring_to(m, way, to));
    return honest_account(m);
  });
}

void honest_life::reboot() {
  happen("reboot", level::trusted, [](machine& m) {
    m.power_on();
    return honest_account(m);
  });
}

void honest_life::judge_by(const service::context_ptr& context) {
  REQUIRE(context != nullptr);
  story_ += ", another set";
  note(known_.by.reappraise(context));
}

void honest_life::happen(std::string_view name, level at_least,
                         const std::function<account(machine&)>& what) {
  story_ += ", " + std::string{name};
  auto& m = known_.m;
  const auto resets = m.tpm.clock().reset_count;
  const auto told = what(m);
  if (m.tpm.clock().reset_count != resets) at_least_ = level::trusted;
  at_least_ = std::min(at_least_, at_least);
  note(known_.by.attest(told, m.tpm));
  for (auto i = m.list.size(); i < told.list.size(); ++i)
    m.measure(told.list[i]);
  note(known_.by.reappraise(later(known_.by.context())));
}

void honest_life::note(level shown) {
  if (shown >= at_least_ || !wrong_.empty()) return;
  wrong_ = story_ + ": shown as " + std::string{to_string(shown)};
  const auto state = known_.by.state();
  for (const auto& f : state.findings)
    wrong_ += "\n    " + f.check + " " + f.subject + ": " + f.sentence;
}

} // namespace muster::liar
