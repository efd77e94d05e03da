// How many lines of the log others may cause. A value; the caller says what time it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace muster::runtime {

/// A token bucket for each subject (a machine, an address) of an event, so that one peer neither fills a disk
/// nor hides what is said of others, and a wider one for the event, since subjects are cheap to make up. What
/// is left out is counted, and said with the next line of the event.
class line_ration {
public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr double subject_burst = 8, subject_per_second = 0.1;
  static constexpr double event_burst = 1000, event_per_second = 20;
  static constexpr std::size_t max_subjects = 16'384; ///< beyond them the event's bucket alone decides

  /// Nothing: this line is left out. Else how many of the event were left out since the last that was not.
  std::optional<std::uint64_t> admit(std::string_view event, std::string_view subject, time now);
  std::size_t subjects() const noexcept { return by_subject_.size(); }

private:
  struct bucket {
    double tokens = 0;
    time at{};
  };
  struct of_event {
    bucket lines;
    std::uint64_t left_out = 0;
  };
  static bool take(bucket& from, double burst, double per_second, time now);
  bool subject_may(std::string name, time now);

  std::map<std::string, of_event, std::less<>> by_event_; ///< events are literals of ours: few
  std::unordered_map<std::string, bucket> by_subject_;    ///< event and subject
};

} // namespace muster::runtime
