#include "protocol/agent_effects.hpp"

#include <algorithm>
#include <iterator>

namespace muster::service {

void join(agent_effects& out, agent_effects more) {
  const auto append_all = [](auto& list, auto& further) {
    if (list.empty()) return void(list = std::move(further));
    std::ranges::move(further, std::back_inserter(list));
  };
  append_all(out.send, more.send);
  append_all(out.asks, more.asks);
  append_all(out.reports, more.reports);
  if (more.unable) out.unable = std::move(more.unable);
  out.close = out.close || more.close;
  out.two_hosts = out.two_hosts || more.two_hosts;
  if (more.trust) out.trust = more.trust;
  if (!more.note.empty()) out.note = std::move(more.note);
}

} // namespace muster::service
