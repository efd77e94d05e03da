// The numbers of findings, as people write them: "3", "2,4-6".
#pragma once

#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace muster::cli {

/// As many findings as are kept of a machine, and the highest number.
inline constexpr std::uint32_t max_finding_numbers = 256;

/// numbers = part *("," part); part = number ["-" number]
/// All numbers of all texts, each once, from the lowest. fault malformed: anything else, 0, a number over
/// `max_finding_numbers`, or a range that goes down; the text quotes the part.
result<std::vector<std::uint32_t>> finding_numbers(const std::vector<std::string>& texts);

} // namespace muster::cli
