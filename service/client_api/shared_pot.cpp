#include "service/client_api/shared_pot.hpp"

#include <caf/all.hpp>

namespace muster::service {

bool shared_pot::take(const session_actor& who, std::uint64_t total) {
  const std::lock_guard lock{mutex_};
  sessions_.try_emplace(who.id(), who);
  return pot_.take(who.id(), std::min(total, pot_.most()), clock_->since_boot());
}

void shared_pot::leave(evidence_pot::holder who) {
  const std::lock_guard lock{mutex_};
  sessions_.erase(who);
  for (const auto next : pot_.leave(who, clock_->since_boot()))
    caf::anon_send(sessions_.at(next), pot_atom::value, true);
}

void shared_pot::insist(evidence_pot::holder who) {
  const std::lock_guard lock{mutex_};
  if (const auto dearest = pot_.costliest_for(who, clock_->since_boot()))
    caf::anon_send(sessions_.at(*dearest), pot_atom::value, false);
}

bool pot_share::cover(const session_actor& self, std::uint64_t total) {
  if (waits_) return false;
  if (total <= covered_) return true;
  covered_ = total;
  waits_ = !pot_->take(self, total);
  return !waits_;
}

void pot_share::insist() {
  if (waits_) pot_->insist(name_);
}

void pot_share::give_back() {
  if (covered_ != 0) pot_->leave(name_);
  covered_ = 0;
  waits_ = false;
}

} // namespace muster::service
