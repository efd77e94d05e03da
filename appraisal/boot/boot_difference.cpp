#include "appraisal/boot/boot_difference.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::size_t look_ahead = 64;

struct gap {
  std::size_t expected = 0; ///< events to skip on each side
  std::size_t found = 0;
};

class comparison {
public:
  comparison(const std::vector<reference_event>& expected, const std::vector<const boot_event*>& found)
      : expected_{expected}, found_{found} {}

  event_differences run() {
    while (left_expected() > 0 || left_found() > 0) {
      if (meets(0, 0)) {
        ++e_;
        ++f_;
        continue;
      }
      list(nearest_meeting());
      if (out_.more) break;
    }
    return std::move(out_);
  }

private:
  std::size_t left_expected() const noexcept { return expected_.size() - e_; }
  std::size_t left_found() const noexcept { return found_.size() - f_; }

  bool meets(std::size_t skip_expected, std::size_t skip_found) const noexcept {
    return skip_expected < left_expected() && skip_found < left_found()
           && expected_[e_ + skip_expected].digest == found_[f_ + skip_found]->digest;
  }

  /// The fewest events to skip until both lists agree again; if there is no such place, all that is left.
  gap nearest_meeting() const noexcept {
    for (std::size_t skipped = 1; skipped <= look_ahead; ++skipped)
      for (std::size_t i = 0; i <= skipped; ++i)
        if (meets(i, skipped - i)) return {i, skipped - i};
    return {left_expected(), left_found()};
  }

  void list(gap skip) {
    for (std::size_t i = 0; i < std::max(skip.expected, skip.found); ++i) {
      if (out_.listed.size() == event_differences::max_listed) {
        out_.more = true;
        return;
      }
      out_.listed.push_back(
          {i < skip.expected ? &expected_[e_ + i] : nullptr, i < skip.found ? found_[f_ + i] : nullptr});
    }
    e_ += skip.expected;
    f_ += skip.found;
  }

  const std::vector<reference_event>& expected_;
  const std::vector<const boot_event*>& found_;
  std::size_t e_ = 0;
  std::size_t f_ = 0;
  event_differences out_;
};

} // namespace

std::vector<const boot_event*> events_of(const boot_content& boot, unsigned pcr,
                                         const reference_set& reference) {
  std::vector<const boot_event*> out;
  for (const auto& event : boot.events)
    if (event.pcr == pcr && !leaves_out(reference.content().left_out, event)) out.push_back(&event);
  return out;
}

const std::vector<reference_event>* comparable_events(const boot_claims& claims,
                                                      const reference_set& reference, unsigned pcr) noexcept {
  static const std::vector<reference_event> none;
  if (!claims->has_log || !reference.has_events()) return nullptr;
  const auto* events = reference.events(pcr);
  if (events == nullptr) return reference.pcr(pcr) != nullptr ? &none : nullptr;
  return events->algorithm == claims->bank ? &events->events : nullptr;
}

event_differences compare_events(const std::vector<reference_event>& expected,
                                 const std::vector<const boot_event*>& found) {
  return comparison{expected, found}.run();
}

} // namespace muster::appraisal
