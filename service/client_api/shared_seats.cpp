#include "service/client_api/shared_seats.hpp"

#include <caf/all.hpp>

namespace muster::service {

void shared_seats::end(node_seats::session_key who) {
  const auto found = sessions_.find(who);
  if (found == sessions_.end()) return;
  caf::anon_send(found->second, end_atom::value, session_end::crowded);
  sessions_.erase(found);
}

void shared_seats::change(stranger_limits strangers) {
  const std::lock_guard lock{mutex_};
  for (const auto who : strangers_.resize(strangers.all, strangers.each, random_()))
    end(who);
}

void shared_seats::take(net::address_key from, const session_actor& who) {
  const std::lock_guard lock{mutex_};
  if (const auto leaves = strangers_.enter(from, who.id(), random_())) end(*leaves);
  sessions_.try_emplace(who.id(), who);
}

void shared_seats::leave(node_seats::session_key who) {
  const std::lock_guard lock{mutex_};
  sessions_.erase(who);
  strangers_.leave(who);
}

bool shared_seats::take(const node_id& node, const session_actor& who) {
  const std::lock_guard lock{mutex_};
  const auto answer = seats_.take(node, who.id());
  if (answer.leaves) end(*answer.leaves);
  if (answer.seated) sessions_.try_emplace(who.id(), who);
  return answer.seated;
}

void shared_seats::keep(const node_id& node, node_seats::session_key who) {
  const std::lock_guard lock{mutex_};
  seats_.keep(node, who);
}

void shared_seats::leave(const node_id& node, node_seats::session_key who) {
  const std::lock_guard lock{mutex_};
  sessions_.erase(who);
  seats_.leave(node, who);
}

} // namespace muster::service
