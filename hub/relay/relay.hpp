// A hub's table: who is below belongs to which stream above. A value; no IO, no clock.
#pragma once

#include "net/link/link_streams.hpp"

namespace muster::hub {

namespace link = net::link;

/// A connection of an agent to this hub; never reused.
using port_id = number<struct port_id_tag>;
/// One instance of the link of a hub below; never reused.
using link_id = number<struct link_id_tag>;

/// What the caller does with an agent's connection, in this order.
struct port_send {
  port_id port;
  frame chunk;
};
/// So many bytes of what the agent sent have left: it may send as many again.
struct port_credit {
  port_id port;
  std::size_t n = 0;
};
/// What was sent before is sent out first. The caller forgets the port.
struct port_close {
  port_id port;
};
using port_order = std::variant<port_send, port_credit, port_close>;

/// Carries each connection below as one stream above, and reads none of it. Properties, for every order of calls:
/// - Bytes go where they belong, in order; none is lost before the stream's end.
/// - What waits here is bounded by the credit that was given below and above.
/// - Without a link above there is nobody below.
class relay {
public:
  explicit relay(link::link_limits below) noexcept : below_limits_{below} {}

  /// Above: one link at most. `limits.streams` is what both ends allow.
  void above_opened(link::link_limits limits);
  void above_lost();
  bool connected() const noexcept { return above_.has_value(); }
  /// Any fault ends the link above (`link_streams::take`).
  status above_said(const link::stream_message& message);
  std::optional<link::stream_message> next_above();

  /// An agent connects. False: there is no link above, or no room on it.
  bool port_opened(port_id port, std::string address);
  void port_said(port_id port, frame chunk);
  /// So many bytes were sent out to the agent.
  void port_took(port_id port, std::size_t n);
  void port_closed(port_id port, link::stream_end why);
  /// What is to be done with ports since the last call.
  std::vector<port_order> take_orders() { return std::exchange(orders_, {}); }

  /// A hub below, whose id its certificate proved.
  void link_opened(link_id from, std::string hub);
  /// Any fault ends that link.
  status link_said(link_id from, const link::stream_message& message);
  std::optional<link::stream_message> next_below(link_id to);
  void link_lost(link_id from);

  std::size_t streams() const noexcept { return above_ ? above_->size() : 0; }

private:
  struct lower_link {
    lower_link(std::string id, link::link_limits limits) : hub{std::move(id)}, end{limits} {}
    std::string hub;
    link::upper_streams end;
    std::unordered_map<link::stream_id, link::stream_id> above; // of each stream of this link
  };
  struct carried {
    link_id from;
    link::stream_id stream;
  };
  using below = std::variant<port_id, carried>;

  void give_credit(link::stream_id above, std::size_t n);
  void on_from_above(const link::stream_data& data);
  void on_from_above(const link::stream_close& close);
  void on_from_above(const link::stream_open&) noexcept {} // `lower_streams` lets none through
  void on_from_below(link_id from, lower_link& at, const link::stream_open& open);
  void on_from_below(link_id from, lower_link& at, const link::stream_data& data);
  void on_from_below(link_id from, lower_link& at, const link::stream_close& close);
  lower_link* find(link_id which);

  link::link_limits below_limits_;
  std::optional<link::lower_streams> above_;
  std::unordered_map<link::stream_id, below> belows_; // by the stream above
  std::unordered_map<port_id, link::stream_id> ports_;
  std::unordered_map<link_id, lower_link> links_;
  std::vector<port_order> orders_;
};

} // namespace muster::hub
