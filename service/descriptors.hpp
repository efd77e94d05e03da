// How many files, sockets included, this process may have open.
#pragma once

#include <cstddef>

namespace muster::service {

/// Kept free for REST, the database, files and logs, whatever agents do.
inline constexpr std::size_t descriptor_reserve = 512;

/// Raises the soft limit (RLIMIT_NOFILE) to the hard one, and returns it.
std::size_t raise_descriptor_limit() noexcept;

/// How many of the `wanted` sessions there are descriptors for: at least one.
constexpr std::size_t sessions_within(std::size_t descriptors, std::size_t wanted) noexcept {
  const auto free = descriptors > descriptor_reserve ? descriptors - descriptor_reserve : 1;
  return wanted < free ? wanted : free;
}

} // namespace muster::service
