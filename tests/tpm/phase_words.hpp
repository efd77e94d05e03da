// Sequences of words that a system may extend after its boot log,
// and whether a machine can pass through them.
#pragma once

#include "crypto/digest.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace muster::testing {

using words = std::vector<std::string>;

inline const words phase_words{"enter-initrd", "leave-initrd", "sysinit", "ready", "shutdown", "final"};

inline std::string joined(const words& said) {
  std::string out;
  for (const auto& word : said)
    out += word + ":";
  return out;
}

/// TPM2_PCR_Extend with H(word), word by word.
inline crypto::digest extended(hash_algorithm bank, crypto::digest value, const words& said) {
  for (const auto& word : said)
    value = crypto::hash(bank, {value.view(), crypto::hash(bank, as_bytes(word)).view()});
  return value;
}

/// The oracle, written differently from the code. It cuts the sequence where the order goes back. Each piece
/// but the last must be one whole round, and there are at most five pieces.
inline bool possible(const words& said) {
  std::vector<words> rounds(1);
  std::ptrdiff_t last = -1;
  for (const auto& word : said) {
    const auto at = std::ranges::find(phase_words, word) - phase_words.begin();
    if (at == static_cast<std::ptrdiff_t>(phase_words.size())) return false;
    if (at <= last) rounds.emplace_back();
    rounds.back().push_back(word);
    last = at;
  }
  rounds.pop_back();
  const words without(phase_words.begin() + 2, phase_words.end());
  return rounds.size() < 5
         && std::ranges::all_of(rounds, [&](const words& r) { return r == phase_words || r == without; });
}

/// All sequences of up to `longest` phases and one foreign word.
template <class Visit> void for_each_sequence(std::size_t longest, Visit&& visit, const words& begun = {}) {
  visit(begun);
  if (begun.size() == longest) return;
  auto next = begun;
  next.emplace_back();
  for (const auto& word : phase_words) {
    next.back() = word;
    for_each_sequence(longest, visit, next);
  }
  next.back() = "evil";
  for_each_sequence(longest, visit, next);
}

/// Random rounds as on real machines, half of them with one mistake.
class random_words {
public:
  explicit random_words(unsigned seed) : seed_{seed}, engine_{seed} {}
  unsigned seed() const noexcept { return seed_; }

  words near_possible() {
    words out;
    for (auto more = below(5); more > 0; --more)
      out.insert(out.end(), phase_words.begin() + (below(2) == 0 ? 0 : 2), phase_words.end());
    for (const auto& word : phase_words)
      if (below(2) == 0) out.push_back(word);
    if (below(2) == 0) spoil(out);
    return out;
  }

private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(engine_); }

  void spoil(words& out) {
    const auto at = out.begin() + static_cast<std::ptrdiff_t>(below(out.size() + 1));
    switch (out.empty() ? 0 : below(4)) {
    case 0: out.insert(at, "evil"); break;
    case 1: out.insert(at, phase_words[below(phase_words.size())]); break;
    case 2: out.erase(out.begin() + static_cast<std::ptrdiff_t>(below(out.size()))); break;
    default: std::swap(out[below(out.size())], out[below(out.size())]);
    }
  }

  unsigned seed_;
  std::mt19937 engine_;
};

} // namespace muster::testing
