#include "tests/liar/stage.hpp"

#include "tests/liar/badness.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace muster::liar {

stage::stage() : key_{std::make_shared<const testing::soft_tpm>()} {
  good_.push_back(made_machine());
  for (const auto* name : {"grub-sb", "direct-tis"}) {
    good_.push_back(real_machine(name, 10));
    good_.back().name += ", 10 files";
  }
  small_ = good_.size();
  // Good by its reference, which was learnt from it.
  good_.push_back(good_[1]);
  good_.back().name = "measures nothing";
  REQUIRE(all_badness()[badness_named("no IMA policy")].befall(good_.back()));
  good_.back().power_on();
  for (const auto* name : {"grub-sb", "direct-tis", "bank-sha256-only", "grub-sb-initrd"})
    good_.push_back(real_machine(name));
}

std::size_t stage::cast_named(std::string_view name) const {
  const auto at = std::ranges::find(good_, name, [](const machine& m) { return std::string_view{m.name}; });
  REQUIRE_MESSAGE(at != good_.end(), "unknown machine: " << name);
  return static_cast<std::size_t>(at - good_.begin());
}

const service::context_ptr& stage::context(std::size_t cast, std::size_t law) {
  auto& known = contexts_[{cast, law}];
  if (!known) known = context_of(laws()[law], good(cast), key_);
  return known;
}

acquaintance stage::stranger(std::size_t cast, std::size_t law, std::uint8_t number) {
  return {judge{key_, context(cast, law), number}, good(cast)};
}

const acquaintance& stage::acquainted(std::size_t cast, std::size_t law) {
  const auto at = acquainted_.find({cast, law});
  if (at != acquainted_.end()) return at->second;
  auto made = stranger(cast, law);
  made.by.attest(honest_account(made.m), made.m.tpm);
  return acquainted_.emplace(place{cast, law}, std::move(made)).first->second;
}

const machine* stage::next(std::size_t cast, std::size_t upgrade) {
  const auto [at, made] = next_.try_emplace({cast, upgrade});
  if (made)
    if (auto m = good(cast); bring_to(m, upgrades()[upgrade], version::next)) at->second = std::move(m);
  return at->second ? &*at->second : nullptr;
}

std::shared_ptr<const appraisal::reference_set> stage::next_set(std::size_t cast, std::size_t law,
                                                                std::size_t upgrade) {
  const auto* m = next(cast, upgrade);
  if (m == nullptr) return nullptr;
  auto& known = next_sets_[{{cast, law}, upgrade}];
  if (!known) known = reference_of(laws()[law], *m, context(cast, law), key_);
  return known;
}

const judge& stage::canary(std::size_t cast, std::size_t law, std::size_t upgrade, std::uint8_t number) {
  const std::pair where{place{cast, law}, std::pair{upgrade, number}};
  const auto at = canaries_.find(where);
  if (at != canaries_.end()) return at->second;
  auto made = stranger(cast, law, number);
  made.by.attest(honest_account(made.m), made.m.tpm);
  REQUIRE(bring_to(made.m, upgrades()[upgrade], version::next));
  made.by.attest(honest_account(made.m), made.m.tpm);
  return canaries_.emplace(where, std::move(made.by)).first->second;
}

stage& shared_stage() {
  static stage on;
  return on;
}

} // namespace muster::liar
