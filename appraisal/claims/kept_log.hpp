// A raw log as it is kept: verified bytes only, in pieces that can be shared.
#pragma once

#include "messages/frame.hpp"

#include <optional>
#include <vector>

namespace muster::appraisal {

/// The largest size of a piece.
inline constexpr std::size_t log_piece_bytes = std::size_t{256} << 10U;
/// Pieces of up to this size are stored under their number, larger ones under their digest, so that machines
/// and boots that measured the same share them.
inline constexpr std::size_t small_log_piece = 1536;

struct log_piece {
  std::optional<bytes32> address; ///< SHA-256 of `body`, if it is not small
  frame body;
};

/// Cuts `runs`, taken as one stream, into pieces of `log_piece_bytes`; the last may be shorter. Equal bytes
/// give equal pieces.
std::vector<log_piece> cut_log(const std::vector<byte_view>& runs);

} // namespace muster::appraisal
