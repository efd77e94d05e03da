// Asks for memory before it is read.
#pragma once

namespace muster::appraisal {

/// Starts to load the cache line at `address` and does not wait for it. `address` need not be valid.
inline void prefetch(const void* address) noexcept {
  __builtin_prefetch(address);
  asm volatile(""); // else GCC takes a function that only prefetches for pure, and drops its calls
}

} // namespace muster::appraisal
