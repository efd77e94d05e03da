// Texts for evidence that is made to be expensive.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <string>

namespace muster::bench {

inline bytes boot_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

inline bytes number_text(std::string_view text, std::size_t i) {
  return boot_bytes(std::string{text} + std::to_string(i));
}

/// At least `size` characters of words that a kernel would take apart.
inline std::string many_words(std::size_t size, std::size_t i) {
  std::string out = "cmdline-" + std::to_string(i);
  for (std::size_t word = 0; out.size() < size; ++word)
    out += " w" + std::to_string(word % 1000) + "=\"a b\"";
  return out;
}

} // namespace muster::bench
