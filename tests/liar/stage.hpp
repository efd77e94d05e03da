// Shared by all trials and made once: machines, contexts, and judges that already know a good machine.
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

/// Not thread-safe.
class stage {
public:
  stage();

  /// Number of good machines: first the small ones, then complete ones of tests/data/vm.
  std::size_t casts() const noexcept { return good_.size(); }
  std::size_t small_casts() const noexcept { return small_; }
  const machine& good(std::size_t cast) const { return good_.at(cast); }
  std::size_t cast_named(std::string_view name) const;

  const service::context_ptr& context(std::size_t cast, std::size_t law);
  /// A machine that its judge does not know yet. `number` tells apart the machines of one group.
  acquaintance stranger(std::size_t cast, std::size_t law, std::uint8_t number = 7);
  /// A machine that has attested as good.
  const acquaintance& acquainted(std::size_t cast, std::size_t law);

  /// The machine, and below the set, of the next version; null: this machine has no such upgrade.
  const machine* next(std::size_t cast, std::size_t upgrade);
  std::shared_ptr<const appraisal::reference_set> next_set(std::size_t cast, std::size_t law,
                                                           std::size_t upgrade);
  /// A good canary that attested, was upgraded, and attested again.
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
