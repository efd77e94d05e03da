// What the record log says of itself, for everybody who must know at once.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"

#include <atomic>
#include <memory>

namespace muster::service {

/// Whether the records are those that heads were signed over. `rolled_back`: some are missing or were
/// changed, and nobody acknowledged that. Then no lease counts and none is given, and nobody enrols.
enum class records_trust : std::uint8_t { intact, rolled_back };

/// Immutable once it is told.
struct log_state {
  bytes head; ///< the newest signed head, as crypto/log_head.hpp lays it out; empty: none yet
  records_trust records = records_trust::intact;
  std::uint64_t refused = 0; ///< heads that were given to us and that our key did not sign
  /// Size of the log at the newest acknowledgement of a loss; 0: there was none. It tells leases that were
  /// given since from those of records that were put back: an acknowledgement makes the log longer, so that
  /// no two of one history have the same, and no clock has a say.
  std::uint64_t after_loss = 0;
  std::uint64_t lost = 0; ///< heads that were given to us, of losses that were acknowledged
};

/// One for the service. RecordLog writes; sessions, TrustMgr and Cache read. A pointer that is swapped, not a
/// message: bad news must not wait in a mailbox behind the attestation that it is about, and a beat needs no
/// extra request.
class log_board {
public:
  std::shared_ptr<const log_state> now() const { return state_.load(); }
  bool rolled_back() const { return now()->records == records_trust::rolled_back; }
  void tell(log_state next) { state_.store(std::make_shared<const log_state>(std::move(next))); }

private:
  std::atomic<std::shared_ptr<const log_state>> state_{std::make_shared<const log_state>()};
};

using log_board_ptr = std::shared_ptr<const log_board>;

} // namespace muster::service
