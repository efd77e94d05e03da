#include "messages/time_text.hpp"

#include <array>
#include <ctime>

namespace muster {

std::string rfc3339(wall_time when) {
  if (when.milliseconds == 0) return {};
  const auto seconds = static_cast<std::time_t>(when.milliseconds / 1000);
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return {};
  std::array<char, 32> text{};
  const auto n = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), n};
}

} // namespace muster
