#include "bench/round.hpp"

namespace muster::bench {

namespace {

constexpr unsigned burst = 16; // verifications before each look at the load
constexpr std::chrono::milliseconds between_bursts{10};
constexpr double us = 1000; // nanoseconds

} // namespace

result<round_cost> measure_round(const service& measured, load& by, signature_verify& unit, task what,
                                 std::size_t times) {
  const auto before = measured.running().cpu_time();
  if (!before) return before.fault();
  if (auto begun = by.begin(what, times); !begun) return begun.fault();
  do
    unit.run(burst);
  while (by.busy(between_bursts));
  if (auto ended = by.finish(); !ended) return ended.fault();
  const auto after = measured.running().cpu_time();
  if (!after) return after.fault();
  return round_cost{static_cast<double>((*after - *before).count()) / us / static_cast<double>(times),
                    unit.take_mean_us()};
}

} // namespace muster::bench
