#include "appraisal/verdict/findings_mark.hpp"

#include "crypto/digest.hpp"
#include "messages/vocabulary/bytes.hpp"

namespace muster::appraisal {

std::string mark_of(std::span<const finding> listed) {
  constexpr std::size_t digits = 32;
  bytes said;
  const auto add = [&said](std::string_view text) {
    append(said, crypto::sha256(as_bytes(text))); // of one length, so that no text runs into the next
  };
  for (const auto& one : listed) {
    said.push_back(static_cast<std::uint8_t>(one.kind));
    for (const std::string_view text : {one.check, one.subject, one.expected, one.found})
      add(text);
  }
  return to_hex(crypto::sha256(said)).substr(0, digits);
}

} // namespace muster::appraisal
