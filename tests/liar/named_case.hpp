// Attacks by name, each of which could be run against such a service.
#pragma once

#include "tests/liar/trial.hpp"

#include <span>

namespace muster::liar {

struct named_case {
  const char* words; ///< what an attacker could do if the case failed
  const char* cast;
  const char* law;
  const char* badness;
  plot how;
  void (*lie)(liar& l, unsigned round);
  upgrading group{};
};
scene scene_of(const named_case& one, const stage& on);

std::span<const named_case> named_cases();

/// Honest evidence of a machine that must not be shown so well.
struct honest_case {
  const char* words;
  const char* cast;
  const char* law;
  const char* badness;
  level at_most;
};
std::span<const honest_case> honest_cases();

} // namespace muster::liar
