#include "tests/simulation/ledger.hpp"

#include <algorithm>

namespace muster::simulation {

void field_history::answered(std::uint64_t question, bool done) {
  const auto found = open_.find(question);
  if (found == open_.end()) return;
  if (done) known_ = std::move(found->second);
  open_.erase(found);
}

void field_history::begin_again(const std::string& on_record) {
  open_.clear();
  known_ = on_record;
}

bool field_history::may_be(const std::string& value) const {
  return !known_ || *known_ == value
         || std::ranges::any_of(open_, [&](const auto& one) { return one.second == value; });
}

bool ledger::is_bad(const std::set<std::string>& told) const {
  return std::ranges::any_of(told, [&](const auto& one) {
    return !excused.contains(one)
           && std::ranges::none_of(teachers, [&](const auto& of) { return one.starts_with(of); });
  });
}

bool ledger::none_is_bad(std::set<std::string> node_history::*told) const {
  return std::ranges::none_of(nodes, [&](const auto& one) { return is_bad(one.second.*told); });
}

} // namespace muster::simulation
