// The one pot of memory for evidence in flight, shared by all Sessions.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/service/session.hpp"
#include "protocol/evidence_pot.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

namespace muster::service {

/// An `evidence_pot` with a lock: each call is short, and most attestations ask once and leave. A session
/// gets its news by `pot_atom`. True: it waited, and now holds what it asked for. False: it has to give up
/// what it holds, because another session has waited too long.
class shared_pot {
public:
  shared_pot(std::uint64_t capacity, std::shared_ptr<const runtime::clock> clock)
      : clock_{std::move(clock)}, pot_{capacity} {}

  /// False: `who` waits in line and keeps what it holds.
  bool take(const session_actor& who, std::uint64_t total);
  void leave(evidence_pot::holder who);
  /// `who` has waited too long, so the costliest session has to give way. Nothing if `who` no longer waits.
  void insist(evidence_pot::holder who);

private:
  std::shared_ptr<const runtime::clock> clock_;
  std::mutex mutex_;
  evidence_pot pot_;
  std::unordered_map<evidence_pot::holder, session_actor> sessions_; // those that hold or wait
};

/// One Session's share of the pot. Given back when the Session ends, for whatever reason.
class pot_share {
public:
  pot_share() = default;
  pot_share(std::shared_ptr<shared_pot> pot, evidence_pot::holder name) noexcept
      : pot_{std::move(pot)}, name_{name} {}
  pot_share(pot_share&&) = default;
  pot_share& operator=(pot_share&&) = default; ///< only to a share that holds nothing
  ~pot_share() { give_back(); }

  /// Whether there is room for `total` bytes in all. If not, the session is notified when there is.
  bool cover(const session_actor& self, std::uint64_t total);
  void found() noexcept { waits_ = false; }
  void insist();
  void give_back();
  bool waits() const noexcept { return waits_; }

private:
  std::shared_ptr<shared_pot> pot_;
  evidence_pot::holder name_ = 0;
  std::uint64_t covered_ = 0; // bytes held, or asked for while it waits
  bool waits_ = false;
};

} // namespace muster::service
