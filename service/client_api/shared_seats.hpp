// The seats of all nodes, shared by all Sessions.
#pragma once

#include "actors/service/session.hpp"
#include "net/fair_room.hpp"
#include "protocol/node_seats.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <unordered_map>

namespace muster::service {

/// The most sessions of peers without a certificate: in all, and from one address.
struct stranger_limits {
  std::size_t all = 1000;
  std::size_t each = 250;
};

/// `node_seats`, and a `fair_room` for strangers, with a lock. A session that has to give way gets
/// `session_end::crowded`.
class shared_seats {
public:
  explicit shared_seats(stranger_limits strangers = {}) : strangers_{strangers.all, strangers.each} {}

  /// From now on so many strangers. Those that are too many have to go.
  void change(stranger_limits strangers);

  /// A stranger always gets a seat; another stranger may have to go for it.
  void take(net::address_key from, const session_actor& who);
  void leave(node_seats::session_key who);
  /// False: there is no seat for `who`.
  bool take(const node_id& node, const session_actor& who);
  void keep(const node_id& node, node_seats::session_key who);
  void leave(const node_id& node, node_seats::session_key who);

private:
  void end(node_seats::session_key who);

  std::mutex mutex_;
  node_seats seats_;
  net::fair_room strangers_;
  std::mt19937_64 random_{std::random_device{}()};
  std::unordered_map<node_seats::session_key, session_actor> sessions_; // those that have a seat
};

/// The seat of one Session. Given back when the Session ends, for whatever reason.
class held_seat {
public:
  held_seat() = default;
  held_seat(std::shared_ptr<shared_seats> of, const node_id& node, node_seats::session_key who) noexcept
      : of_{std::move(of)}, node_{node}, who_{who} {}
  /// A stranger's seat.
  held_seat(std::shared_ptr<shared_seats> of, node_seats::session_key who) noexcept
      : of_{std::move(of)}, who_{who} {}
  held_seat(held_seat&&) = default;
  held_seat& operator=(held_seat&&) = default; ///< only to one that holds no seat
  ~held_seat() {
    if (!of_) return;
    node_ ? of_->leave(*node_, who_) : of_->leave(who_);
  }

  /// The session has attached: its seat is safe from newcomers.
  void keep() {
    if (of_ && node_ && !std::exchange(kept_, true)) of_->keep(*node_, who_);
  }

private:
  std::shared_ptr<shared_seats> of_;
  std::optional<node_id> node_;
  node_seats::session_key who_ = 0;
  bool kept_ = false;
};

} // namespace muster::service
