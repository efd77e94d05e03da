// Asks for memory before it is read.
#pragma once

namespace muster::appraisal {

/// Brings the cache line of `address`, which need not be valid, without waiting for it.
inline void prefetch(const void* address) noexcept {
  __builtin_prefetch(address);
  asm volatile(""); // else GCC takes functions that only prefetch for pure ones, and drops their calls
}

} // namespace muster::appraisal
