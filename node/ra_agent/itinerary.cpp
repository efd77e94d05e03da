#include "node/ra_agent/itinerary.hpp"

#include <algorithm>

namespace muster::node {

namespace {

using std::chrono::milliseconds;

constexpr unsigned most_doublings = 16;

milliseconds part_of(milliseconds whole, std::uint64_t random) {
  return milliseconds{
      static_cast<milliseconds::rep>(random % (static_cast<std::uint64_t>(whole.count()) + 1))};
}

/// Between half and all of `whole`.
milliseconds jittered(milliseconds whole, std::uint64_t random) {
  return whole / 2 + part_of(whole / 2, random);
}

} // namespace

milliseconds itinerary::back_off(std::uint64_t random) {
  const auto doublings = std::min(failures_++, most_doublings);
  return jittered(std::min<milliseconds>(times_.most, times_.first * (1LL << doublings)), random);
}

leg itinerary::after_failure(std::uint64_t random) {
  if (++address_ < addresses_) return {address_, milliseconds{0}};
  address_ = 0;
  return {address_, back_off(random)};
}

leg itinerary::after_loss(milliseconds interval, std::uint64_t random) {
  address_ = 0;
  const auto guessed = std::min<milliseconds>(times_.spread, interval * times_.beats);
  return {address_, part_of(told_spread_.value_or(guessed), random)};
}

leg itinerary::after_refusal(const refusal& why, std::uint64_t random) {
  using code = wire::Fault::Code;
  milliseconds wait{0};
  switch (why.code) {
  case code::UNKNOWN: // enrol: at once, but not again and again
    if (failures_ > 0)
      wait = back_off(random);
    else
      failures_ = 1;
    break;
  case code::VERSION:
  case code::DENIED:
  case code::REVOKED:
  case code::SUPERSEDED: wait = jittered(times_.stay_away, random); break;
  default: wait = back_off(random); break;
  }
  address_ = 0;
  return {address_, std::max(wait, std::min<milliseconds>(why.retry_after, times_.stay_away))};
}

leg itinerary::after_admission(std::uint64_t random) {
  if (admissions_++ == 0) return {address_, milliseconds{0}};
  failures_ = std::max(failures_, admissions_ - 1);
  return {address_, back_off(random)};
}

leg itinerary::after_pending(milliseconds retry_after, std::uint64_t random) {
  const auto asked = std::clamp<milliseconds>(retry_after, times_.first / 10, times_.stay_away);
  return {address_, asked + part_of(asked / 10, random)};
}

} // namespace muster::node
