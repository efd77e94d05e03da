// What trials share, made once: the machines, what judges them, and judges that know a good machine already.
#pragma once

#include "tests/liar/law.hpp"
#include "tests/liar/upgrade.hpp"

#include <map>

namespace muster::liar {

/// A machine and the judge that has seen it.
struct acquaintance {
  judge by;
  machine m;
};

/// One thread at a time.
class stage {
public:
  stage();

  /// The good machines: complete ones of tests/data/vm, and small ones, which come first.
  std::size_t casts() const noexcept { return good_.size(); }
  std::size_t small_casts() const noexcept { return small_; }
  const machine& good(std::size_t cast) const { return good_.at(cast); }
  std::size_t cast_named(std::string_view name) const;

  const service::context_ptr& context(std::size_t cast, std::size_t law);
  /// Nothing is known of it yet. `number`: which machine of its group it is.
  acquaintance stranger(std::size_t cast, std::size_t law, std::uint8_t number = 7);
  /// It attested as a good machine.
  const acquaintance& acquainted(std::size_t cast, std::size_t law);

  /// Machine and set of the next version; null: there is no such upgrade of this machine.
  const machine* next(std::size_t cast, std::size_t upgrade);
  std::shared_ptr<const appraisal::reference_set> next_set(std::size_t cast, std::size_t law,
                                                           std::size_t upgrade);
  /// A good canary: it attested, was upgraded, and attested again.
  const judge& canary(std::size_t cast, std::size_t law, std::size_t upgrade, std::uint8_t number);

private:
  using place = std::pair<std::size_t, std::size_t>;

  std::shared_ptr<const testing::soft_tpm> key_;
  std::vector<machine> good_;
  std::size_t small_ = 0;
  std::map<place, service::context_ptr> contexts_;
  std::map<place, acquaintance> acquainted_;
  std::map<place, std::optional<machine>> next_;
  std::map<std::pair<place, std::size_t>, std::shared_ptr<const appraisal::reference_set>> next_sets_;
  std::map<std::pair<place, std::pair<std::size_t, std::uint8_t>>, judge> canaries_;
};

/// One for all tests of a program.
stage& shared_stage();

} // namespace muster::liar
