// The seats of all nodes, shared by all Sessions.
#pragma once

#include "actors/service/session.hpp"
#include "protocol/node_seats.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

namespace muster::service {

/// `node_seats` behind a lock. Who has to give way hears `session_end::crowded`.
class shared_seats {
public:
  /// False: there is no seat for `who`.
  bool take(const node_id& node, const session_actor& who);
  void keep(const node_id& node, node_seats::sitter who);
  void leave(const node_id& node, node_seats::sitter who);

private:
  std::mutex mutex_;
  node_seats seats_;
  std::unordered_map<node_seats::sitter, session_actor> sessions_; // that sit
};

/// The seat of one Session; given back at its end, whatever ends it.
class held_seat {
public:
  held_seat() = default;
  held_seat(std::shared_ptr<shared_seats> of, const node_id& node, node_seats::sitter who) noexcept
      : of_{std::move(of)}, node_{node}, who_{who} {}
  held_seat(held_seat&&) = default;
  held_seat& operator=(held_seat&&) = default; ///< to one that holds none
  ~held_seat() {
    if (of_) of_->leave(node_, who_);
  }

  /// The session attached.
  void keep() {
    if (of_ && !std::exchange(kept_, true)) of_->keep(node_, who_);
  }

private:
  std::shared_ptr<shared_seats> of_;
  node_id node_;
  node_seats::sitter who_ = 0;
  bool kept_ = false;
};

} // namespace muster::service
