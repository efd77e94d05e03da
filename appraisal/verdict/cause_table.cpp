#include "appraisal/verdict/cause_table.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <unordered_set>

namespace muster::appraisal {

namespace {

/// No field contains NUL: all of them are safe to print. Numbers in a sentence count something on that
/// machine.
std::string key_of(const finding& f) {
  std::string out;
  out.reserve(f.check.size() + f.subject.size() + f.expected.size() + f.found.size() + f.sentence.size() + 4);
  for (const auto* part : {&f.check, &f.subject, &f.expected, &f.found})
    out.append(*part).push_back('\0');
  std::ranges::copy_if(f.sentence, std::back_inserter(out), [](char c) { return c < '0' || c > '9'; });
  return out;
}

bool worse(const cause& a, const cause& b) noexcept {
  const auto rank = [](const cause& c) {
    return std::tuple{-static_cast<int>(c.example.level), ~c.machines, std::string_view{c.example.check},
                      std::string_view{c.example.subject}};
  };
  return rank(a) < rank(b);
}

} // namespace

void cause_table::add(std::string_view machine, const std::vector<finding>& findings) {
  std::unordered_set<std::size_t> seen;
  for (const auto& f : findings) {
    if (f.level < severity::warning) continue;
    const auto key = key_of(f);
    auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      if (causes_.size() == max_causes) {
        ++left_out_;
        continue;
      }
      found = by_key_.emplace(key, causes_.size()).first;
      causes_.push_back({f, 0, {}});
    }
    if (!seen.insert(found->second).second) continue;
    auto& one = causes_[found->second];
    ++one.machines;
    if (one.some.size() < cause::max_named) one.some.emplace_back(machine);
  }
}

std::vector<cause> cause_table::worst_first() const {
  auto out = causes_;
  std::ranges::stable_sort(out, worse);
  return out;
}

} // namespace muster::appraisal
