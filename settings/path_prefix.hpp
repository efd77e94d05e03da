// Prefixes of paths, compared component by component.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muster::settings {

/// Whether `path` is `prefix` or below it: "/var/log" covers "/var/log" and "/var/log/x", but not
/// "/var/logs". `prefix` must come from `parse_path`. No prefix covers a relative path, or one with a
/// component "." or "..": a file name from a measurement log is untrusted text and must not lead out of the
/// exempted folder.
bool covers(std::string_view prefix, std::string_view path) noexcept;

/// Whether any of the prefixes covers `path`.
bool covers(const std::vector<std::string>& prefixes, std::string_view path) noexcept;

} // namespace muster::settings
