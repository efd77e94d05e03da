#include "appraisal/claims/kept_log.hpp"

#include "crypto/digest.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

log_piece make_piece(bytes body) {
  log_piece out;
  if (body.size() > small_log_piece) out.address = crypto::sha256(body);
  out.body = frame::adopt(std::move(body));
  return out;
}

} // namespace

std::vector<log_piece> cut_log(const std::vector<byte_view>& runs) {
  std::vector<log_piece> out;
  bytes piece;
  for (auto run : runs)
    while (!run.empty()) {
      const auto now = run.first(std::min(run.size(), log_piece_bytes - piece.size()));
      append(piece, now);
      run = run.subspan(now.size());
      if (piece.size() == log_piece_bytes) out.push_back(make_piece(std::exchange(piece, {})));
    }
  if (!piece.empty()) out.push_back(make_piece(std::move(piece)));
  return out;
}

} // namespace muster::appraisal
