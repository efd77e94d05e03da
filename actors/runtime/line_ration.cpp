#include "actors/runtime/line_ration.hpp"

#include <algorithm>
#include <utility>

namespace muster::runtime {

bool line_ration::take(bucket& from, double burst, double per_second, time now) {
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - from.at).count());
  from.tokens = std::min(burst, from.tokens + seconds * per_second);
  from.at = now;
  if (from.tokens < 1) return false;
  from.tokens -= 1;
  return true;
}

bool line_ration::subject_may(std::string name, time now) {
  if (const auto known = by_subject_.find(name); known != by_subject_.end())
    return take(known->second, subject_burst, subject_per_second, now);
  if (by_subject_.size() >= max_subjects) {
    // The scan is linear, so it runs every 10 seconds at most: a flood must not cost a scan for each line.
    if (now - looked_ < std::chrono::seconds{10}) return true;
    looked_ = now;
    constexpr std::chrono::seconds full_again{static_cast<int>(subject_burst / subject_per_second)};
    std::erase_if(by_subject_, [&](const auto& one) { return now - one.second.at >= full_again; });
    if (by_subject_.size() >= max_subjects) return true;
  }
  by_subject_.emplace(std::move(name), bucket{subject_burst - 1, now});
  return true;
}

std::optional<std::uint64_t> line_ration::admit(std::string_view event, std::string_view subject, time now) {
  auto of = by_event_.find(event);
  if (of == by_event_.end()) of = by_event_.emplace(std::string{event}, of_event{{event_burst, now}}).first;
  auto name = std::string{event};
  name += ' ';
  name += subject;
  if (!subject_may(std::move(name), now) || !take(of->second.lines, event_burst, event_per_second, now)) {
    ++of->second.left_out;
    return std::nullopt;
  }
  return std::exchange(of->second.left_out, 0);
}

} // namespace muster::runtime
