// How many log lines outside parties may cause. A value; the caller passes the time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace muster::runtime {

/// Each subject (a machine, an address) of an event has a token bucket, so one peer can neither fill a disk
/// nor hide lines about others. The event itself has a larger bucket, since subjects are cheap to make up.
/// Lines left out are counted, and the next line of the event states their number.
class line_ration {
public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr double subject_burst = 16, subject_per_second = 0.1;
  static constexpr double event_burst = 1000, event_per_second = 20;
  static constexpr std::size_t max_subjects = 16'384; ///< beyond this, only the event's bucket counts

  /// No value: leave this line out. Otherwise the number of the event's lines left out since its last line.
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

  std::map<std::string, of_event, std::less<>> by_event_; ///< events are our own literals, so few
  std::unordered_map<std::string, bucket> by_subject_;    ///< by event and subject
  time looked_{};                                         ///< when full buckets were last removed
};

} // namespace muster::runtime
