// Prefixes of paths, compared component by component.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muster::settings {

/// Whether `path` is `prefix` or lies below it: "/var/log" covers "/var/log" and "/var/log/x", not
/// "/var/logs". `prefix` comes from `parse_path`. A relative path, and one with a component "." or "..", is
/// covered by nothing: a file name from a measurement log is untrusted text and must not walk out of its
/// exemption.
bool covers(std::string_view prefix, std::string_view path) noexcept;

/// Whether any of them does.
bool covers(const std::vector<std::string>& prefixes, std::string_view path) noexcept;

} // namespace muster::settings
