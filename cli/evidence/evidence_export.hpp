// The bundle of evidence that the service writes for one machine.
#pragma once

#include "cli/client/surroundings.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace muster::cli {

/// muster evidence export NODE -o FILE. A file that exists is replaced once all of the bundle is here.
struct export_options {
  std::string node;
  std::string file;
  std::optional<std::uint64_t> attestation; ///< empty: the newest that verified
};
inline constexpr std::chrono::minutes export_patience{30};
int evidence_export(const surroundings& around, const export_options& options);

} // namespace muster::cli
