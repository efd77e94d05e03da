#include "hub/relay/relay.hpp"

namespace muster::hub {

using link::stream_close;
using link::stream_data;
using link::stream_end;
using link::stream_id;
using link::stream_open;

relay::lower_link* relay::find(link_id which) {
  const auto at = links_.find(which);
  return at == links_.end() ? nullptr : &at->second;
}

void relay::above_opened(link::link_limits limits) {
  if (above_) above_lost();
  above_.emplace(limits);
}

void relay::above_lost() {
  above_.reset();
  belows_.clear();
  for (const auto& [port, stream] : ports_)
    orders_.emplace_back(port_close{port});
  ports_.clear();
  for (auto& [id, at] : links_) {
    for (const auto& [stream, above] : at.above)
      at.end.close(stream, stream_end::broken);
    at.above.clear();
  }
}

status relay::above_said(const link::stream_message& message) {
  if (!above_) return {};
  const auto got = above_->take(message);
  if (!got) return got.fault();
  if (*got) std::visit([this](const auto& event) { on_from_above(event); }, **got);
  return {};
}

void relay::on_from_above(const stream_data& data) {
  const auto at = belows_.find(data.stream);
  if (at == belows_.end()) return;
  if (const auto* port = std::get_if<port_id>(&at->second)) {
    orders_.emplace_back(port_send{*port, data.body});
  } else {
    const auto& to = std::get<carried>(at->second);
    if (auto* lower = find(to.from)) lower->end.send(to.stream, data.body);
  }
}

void relay::on_from_above(const stream_close& close) {
  const auto at = belows_.find(close.stream);
  if (at == belows_.end()) return;
  if (const auto* port = std::get_if<port_id>(&at->second)) {
    orders_.emplace_back(port_close{*port});
    ports_.erase(*port);
  } else {
    const auto& to = std::get<carried>(at->second);
    if (auto* lower = find(to.from)) {
      lower->end.close(to.stream, close.why);
      lower->above.erase(to.stream);
    }
  }
  belows_.erase(at);
}

/// Bytes of this stream have left upwards: whoever is below may send as many again.
void relay::give_credit(stream_id above, std::size_t n) {
  const auto at = belows_.find(above);
  if (at == belows_.end()) return;
  if (const auto* port = std::get_if<port_id>(&at->second)) {
    orders_.emplace_back(port_credit{*port, n});
  } else {
    const auto& from = std::get<carried>(at->second);
    if (auto* lower = find(from.from)) lower->end.consumed(from.stream, n);
  }
}

std::optional<link::stream_message> relay::next_above() {
  if (!above_) return std::nullopt;
  auto next = above_->next();
  if (!next) return std::nullopt;
  if (const auto* data = std::get_if<stream_data>(&next->message))
    give_credit(data->stream, data->body.size());
  return std::move(next->message);
}

bool relay::port_opened(port_id port, std::string address) {
  if (!above_) return false;
  const auto stream = above_->open({std::move(address), {}});
  if (!stream) return false;
  ports_.emplace(port, *stream);
  belows_.emplace(*stream, port);
  return true;
}

void relay::port_said(port_id port, frame chunk) {
  if (const auto at = ports_.find(port); at != ports_.end()) above_->send(at->second, std::move(chunk));
}

void relay::port_took(port_id port, std::size_t n) {
  if (const auto at = ports_.find(port); at != ports_.end()) above_->consumed(at->second, n);
}

void relay::port_closed(port_id port, stream_end why) {
  const auto at = ports_.find(port);
  if (at == ports_.end()) return;
  above_->close(at->second, why);
  belows_.erase(at->second);
  ports_.erase(at);
}

void relay::link_opened(link_id from, std::string hub) {
  links_.try_emplace(from, std::move(hub), below_limits_);
}

status relay::link_said(link_id from, const link::stream_message& message) {
  auto* lower = find(from);
  if (lower == nullptr) return {};
  const auto got = lower->end.take(message);
  if (!got) return got.fault();
  if (*got) std::visit([&](const auto& event) { on_from_below(from, *lower, event); }, **got);
  return {};
}

void relay::on_from_below(link_id from, lower_link& at, const stream_open& open) {
  auto claim = open.peer;
  claim.path.push_back(at.hub);
  if (claim.path.size() > link::deepest_path || !above_) return at.end.close(open.stream, stream_end::broken);
  const auto above = above_->open(std::move(claim));
  if (!above) return at.end.close(open.stream, stream_end::busy);
  at.above.emplace(open.stream, *above);
  belows_.emplace(*above, carried{from, open.stream});
}

void relay::on_from_below(link_id, lower_link& at, const stream_data& data) {
  if (const auto above = at.above.find(data.stream); above != at.above.end())
    above_->send(above->second, data.body);
}

void relay::on_from_below(link_id, lower_link& at, const stream_close& close) {
  const auto above = at.above.find(close.stream);
  if (above == at.above.end()) return;
  above_->close(above->second, close.why);
  belows_.erase(above->second);
  at.above.erase(above);
}

std::optional<link::stream_message> relay::next_below(link_id to) {
  auto* lower = find(to);
  if (lower == nullptr) return std::nullopt;
  auto next = lower->end.next();
  if (!next) return std::nullopt;
  const auto* data = std::get_if<stream_data>(&next->message);
  if (data != nullptr && above_)
    if (const auto above = lower->above.find(data->stream); above != lower->above.end())
      above_->consumed(above->second, data->body.size());
  return std::move(next->message);
}

void relay::link_lost(link_id from) {
  const auto at = links_.find(from);
  if (at == links_.end()) return;
  for (const auto& [stream, above] : at->second.above) {
    above_->close(above, stream_end::broken);
    belows_.erase(above);
  }
  links_.erase(at);
}

} // namespace muster::hub
