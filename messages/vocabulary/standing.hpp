// What Muster says about a machine: three fields, and the one word that people see.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace muster {

/// AR4SI tiers (draft-ietf-rats-ar4si, 2.3.2). Zero is `none`: no machine is good by default. The values rise
/// from good to bad, except that `none` makes no statement.
enum class verdict : std::uint8_t { none = 0, affirming = 1, warning = 2, contraindicated = 3 };
constexpr verdict last_of(verdict) noexcept { return verdict::contraindicated; }

/// How much good a verdict says of a machine: affirming 3, warning 2, none 1; contraindicated, and a value
/// that is none of these, 0.
int rank_of(verdict v) noexcept;

/// Whether the lease of the verdict still runs.
enum class freshness : std::uint8_t { stale = 0, fresh = 1 };

/// The machine's status with this service. Zero is `pending`: no machine is enrolled by default.
enum class standing : std::uint8_t { pending = 0, enrolled = 1, revoked = 2 };
constexpr standing last_of(standing) noexcept { return standing::revoked; }

/// Who vouches for the EK, weakest first.
enum class endorsement : std::uint8_t {
  none = 0,
  operator_approved = 1,
  token = 2,
  vendor = 3,
  inventory = 4
};
constexpr endorsement last_of(endorsement) noexcept { return endorsement::inventory; }

/// What people see.
enum class display : std::uint8_t { revoked, pending, untrusted, stale, warning, trusted, unknown };

/// The one function that decides what a node is shown as. Only affirming and warning can be stale; a bad
/// verdict does not expire.
constexpr display shown_as(standing s, verdict v, freshness f) noexcept {
  if (s == standing::revoked) return display::revoked;
  if (s == standing::pending) return display::pending;
  if (s != standing::enrolled) return display::unknown;
  if (v == verdict::contraindicated) return display::untrusted;
  if (v != verdict::affirming && v != verdict::warning) return display::unknown;
  if (f != freshness::fresh) return display::stale;
  return v == verdict::warning ? display::warning : display::trusted;
}

std::string_view to_string(verdict v) noexcept;
std::string_view to_string(freshness f) noexcept;
std::string_view to_string(standing s) noexcept;
std::string_view to_string(endorsement e) noexcept;
std::string_view to_string(display d) noexcept;
std::optional<display> display_from(std::string_view name) noexcept;

} // namespace muster
