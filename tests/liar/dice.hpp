// Random choices from a seed.
#pragma once

#include <cstdint>
#include <span>

namespace muster::liar {

/// splitmix64: the same numbers on every machine.
class dice {
public:
  explicit dice(std::uint64_t seed) noexcept : state_{seed} {}

  std::uint64_t next() noexcept {
    auto z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  /// 0 to n - 1; 0 if n is 0.
  std::size_t below(std::size_t n) noexcept { return n == 0 ? 0 : static_cast<std::size_t>(next() % n); }
  bool one_in(std::size_t n) noexcept { return below(n) == 0; }
  template <class T, std::size_t n> const T& of(const T (&list)[n]) noexcept { return list[below(n)]; }

private:
  std::uint64_t state_;
};

} // namespace muster::liar
