// One extension of a PCR: a digest for each bank of the model.
#pragma once

#include "crypto/digest.hpp"

#include <array>

namespace muster::liar {

inline constexpr std::array banks{hash_algorithm::sha1, hash_algorithm::sha256};

struct measurement {
  std::array<crypto::digest, banks.size()> digests;
  friend bool operator==(const measurement&, const measurement&) = default;
};

/// The hashes of `content`, as firmware, loader and kernel extend them.
inline measurement measured(byte_view content) {
  measurement out;
  for (std::size_t i = 0; i < banks.size(); ++i)
    out.digests[i] = crypto::hash(banks[i], content);
  return out;
}

/// Digests that are not hashes, as only root can extend them: zeros, or the 0xff of a violation.
inline measurement filled_with(std::uint8_t octet) {
  measurement out;
  for (std::size_t i = 0; i < banks.size(); ++i)
    out.digests[i] = crypto::digest{bytes(digest_size(banks[i]), octet)};
  return out;
}

} // namespace muster::liar
