// The state of the record log, for every actor that must know it at once.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"

#include <atomic>
#include <memory>

namespace muster::service {

/// Whether the records are those over which heads were signed. `rolled_back`: some are missing or were
/// changed, and no operator has acknowledged that. Then no lease counts, none is given, and no machine
/// enrols.
enum class records_trust : std::uint8_t { intact, rolled_back };

/// Immutable once published.
struct log_state {
  bytes head; ///< the newest signed head, as crypto/log_head.hpp lays it out; empty: none yet
  records_trust records = records_trust::intact;
  std::uint64_t refused = 0; ///< heads brought to us that our key did not sign
  /// Size of the log at the newest acknowledgement of a loss; 0: there was none. It distinguishes leases that
  /// were given since then from leases in records that were put back. An acknowledgement makes the log
  /// longer, so no two in one history have the same size, and no clock has a say.
  std::uint64_t after_loss = 0;
  std::uint64_t lost = 0; ///< heads brought to us, of acknowledged losses
};

/// The service has one. RecordLog writes it; sessions, TrustMgr and Cache read it. It is a pointer that is
/// swapped, not a message: bad news must not wait in a mailbox behind the attestation that it is about, and a
/// beat needs no extra request.
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
