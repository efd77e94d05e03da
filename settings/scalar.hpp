// How single values are written in our configuration files. Each parser takes the whole text, or gives a
// fault that says what it expected, with an example. No parser is lenient: no signs, no leading zeros, no
// fractions, no spaces.
#pragma once

#include "messages/vocabulary/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace muster::settings {

using std::chrono::milliseconds;

inline constexpr std::uint64_t KiB = 1024;
inline constexpr std::uint64_t MiB = 1024 * KiB;
inline constexpr std::uint64_t GiB = 1024 * MiB;

/// What the parsers below accept, for faults and for what reads other shapes than text.
inline constexpr std::string_view duration_forms =
    "a duration such as 60s: a whole number and ms, s, m, h or d, as in 200ms, 10m and 7d";
inline constexpr std::string_view size_forms =
    "a size such as 64KiB: a whole number and B, KiB, MiB or GiB, as in 512B and 2GiB";
inline constexpr std::string_view rate_forms = "a rate such as 16KiB/s: a size and /s";
inline constexpr std::string_view tpm_forms =
    "device:/dev/tpmrm0, swtpm:path=/run/swtpm/sock or swtpm:host=127.0.0.1,port=2321";

/// Decimal digits.
result<std::uint64_t> parse_integer(std::string_view text);

/// One integer and one unit of ms, s, m, h, d: "500ms", "10s", "7d". At most 36,500 days. The fault of a fraction says
/// how to write it without: 200ms for 0.2s. So does that of a size.
result<milliseconds> parse_duration(std::string_view text);
/// In the largest unit that keeps it an integer: 60,000 ms is "1m".
std::string to_string(milliseconds duration);

/// Bytes: one integer and one unit of B, KiB, MiB, GiB.
result<std::uint64_t> parse_size(std::string_view text);
/// Bytes per second: a size, then "/s".
result<std::uint64_t> parse_rate(std::string_view text);
/// In the largest unit that keeps it an integer.
std::string size_to_string(std::uint64_t bytes);

/// An absolute path in its one spelling: no "." or ".." or empty component, no "/" at the end, at most 4,095
/// bytes. "/" itself is refused.
result<std::string> parse_path(std::string_view text);

/// A name in a certificate or a group: letters, digits, '.', '-' and '_', at most `limit` characters,
/// beginning and ending with a letter or digit.
result<std::string> parse_name(std::string_view text, std::size_t limit);

/// How `raagent` opens its TPM: "device:" and an absolute path, or "swtpm:" and a tpm2-tss configuration
/// ("path=/run/swtpm/sock" or "host=localhost,port=2321"). Nothing else is accepted: no shell command, no
/// library name.
result<std::string> parse_tpm(std::string_view text);

} // namespace muster::settings
