// The evidence bundle that the service writes for one machine.
#pragma once

#include "cli/client/surroundings.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace muster::cli {

/// muster evidence export NODE -o FILE. An existing file is replaced once the whole bundle has arrived.
struct export_options {
  std::string node;
  std::string file;
  std::optional<std::uint64_t> attestation; ///< empty: the newest one that verified
};
inline constexpr std::chrono::minutes export_patience{30};
int evidence_export(const surroundings& around, const export_options& options);

} // namespace muster::cli
