// The life of a good machine that behaves honestly, and how it is shown.
#pragma once

#include "tests/liar/stage.hpp"
#include "tests/liar/variation.hpp"

#include <functional>
#include <optional>

namespace muster::liar {

class honest_life {
public:
  explicit honest_life(const acquaintance& known) : known_{known}, story_{known.m.name} {}

  const judge& by() const { return known_.by; }

  void vary(const machine& good, dice& d);
  void upgrade(const muster::liar::upgrade& way, version to);
  void reboot();
  void judge_by(const service::context_ptr& context);

  /// The point at which it was shown worse than it may be, and why; empty: never.
  const std::string& wrong() const noexcept { return wrong_; }

private:
  void happen(std::string_view name, level at_least, const std::function<account(machine&)>& what);
  void note(level shown);

  acquaintance known_;
  level at_least_ = level::trusted;
  std::string story_;
  std::string wrong_;
};

} // namespace muster::liar
