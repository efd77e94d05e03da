// The one pot of memory for evidence in flight, shared by all Sessions.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/service/session.hpp"
#include "protocol/evidence_pot.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

namespace muster::service {

/// An `evidence_pot` behind a lock: each call is short, and most attestations ask once and leave. Who waited
/// hears by `pot_atom`: true, it holds what it asked for; false, it has to give up what it holds, because
/// somebody else waited too long.
class shared_pot {
public:
  shared_pot(std::uint64_t capacity, std::shared_ptr<const runtime::clock> clock)
      : clock_{std::move(clock)}, pot_{capacity} {}

  /// False: `who` waits in line, with what it holds.
  bool take(const session_actor& who, std::uint64_t total);
  void leave(evidence_pot::holder who);
  /// `who` has waited long enough for the one that cost most to go. Nothing if it waits no more.
  void insist(evidence_pot::holder who);

private:
  std::shared_ptr<const runtime::clock> clock_;
  std::mutex mutex_;
  evidence_pot pot_;
  std::unordered_map<evidence_pot::holder, session_actor> sessions_; // that hold or wait
};

/// What one Session holds of the pot; given back at its end, whatever ends it.
class pot_share {
public:
  pot_share() = default;
  pot_share(std::shared_ptr<shared_pot> pot, evidence_pot::holder name) noexcept
      : pot_{std::move(pot)}, name_{name} {}
  pot_share(pot_share&&) = default;
  pot_share& operator=(pot_share&&) = default; ///< to one that holds nothing
  ~pot_share() { give_back(); }

  /// Whether there is room for `total` bytes in all. If not, the session hears when there is.
  bool cover(const session_actor& self, std::uint64_t total);
  void found() noexcept { waits_ = false; }
  void insist();
  void give_back();
  bool waits() const noexcept { return waits_; }

private:
  std::shared_ptr<shared_pot> pot_;
  evidence_pot::holder name_ = 0;
  std::uint64_t covered_ = 0; // or asked for
  bool waits_ = false;
};

} // namespace muster::service
