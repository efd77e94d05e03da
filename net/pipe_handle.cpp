#include "net/pipe_handle.hpp"

#include <caf/send.hpp>

namespace muster::net {

std::string_view to_string(pipe_end why) noexcept {
  switch (why) {
  case pipe_end::by_owner: return "by-owner";
  case pipe_end::by_peer: return "by-peer";
  case pipe_end::broken: return "broken";
  case pipe_end::handshake: return "handshake-deadline";
  case pipe_end::idle: return "idle";
  case pipe_end::crowded: return "crowded";
  case pipe_end::unsent: return "unsent";
  case pipe_end::overdrawn: return "overdrawn";
  case pipe_end::stopping: return "stopping";
  }
  return "unknown";
}

void pipe_handle::send(bytes chunk) const {
  if (carrier_ && !chunk.empty()) caf::anon_send(carrier_, pipe_send{id_, share(std::move(chunk))});
}

void pipe_handle::ready() const {
  if (carrier_) caf::anon_send(carrier_, pipe_ready{id_});
}

void pipe_handle::allow_silence(std::chrono::milliseconds allowed) const {
  if (carrier_) caf::anon_send(carrier_, pipe_silence{id_, allowed});
}

void pipe_handle::close() const {
  if (carrier_) caf::anon_send(carrier_, pipe_close{id_});
}

void pipe_handle::consumed(std::size_t n) {
  if (!carrier_) return;
  if (const auto back = meter_.consumed(n); back > 0) caf::anon_send(carrier_, pipe_credit{id_, back});
}

} // namespace muster::net
