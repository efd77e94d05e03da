// Runs the changes of each node, one after the other.
#pragma once

#include "records/store_port.hpp"
#include "standing/node_change.hpp"
#include "standing/node_register.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

namespace muster::service {

/// The sentence for people about a node whose record or state cannot be read, and what to do about it.
std::string damage_of_record(const node_id& id, const fault& why);

/// Runs the changes of each node one by one. A change is decided on what is on record, sent to the store,
/// published when it is durable, and answered. Only then is the next change of that node decided, on what has
/// become durable. Changes of different nodes do not wait for each other. A value with ports; not
/// thread-safe.
///
/// There is no deadline: to report "failed" for a change that may still become durable would be a lie. Either
/// the store answers, or it is gone.
///
/// Invariant: no node has two changes under way. What the register says of a node is what is on record, plus
/// what the change under way would add.
class node_runner {
public:
  using landed = std::function<void(const result<sequence>&)>;
  struct ports {
    std::shared_ptr<const store_reader> store;
    /// Sends a batch to the store. `landed` is called once with the outcome, never from inside this call.
    std::function<void(shared_batch, landed)> commit;
    /// A change was decided, and goes to the store now.
    std::function<void(const node_id&, const settled_node&, const node_change&)> decided;
    /// Carries out what follows from a durable change, except the answer. The batch is no longer in the
    /// change.
    std::function<void(const node_id&, node_change&)> publish;
    /// A change could not be stored. `told` is called, too.
    std::function<void(const node_id&, const fault&)> not_stored;
    /// The change that must be on record before anything else is decided on this node: if the record was
    /// judged by a context that is no longer in force, it is judged again first, whatever change is wanted.
    /// None, or a fault: there is no such change now. A null port: there never is.
    std::function<result<std::optional<node_change>>(const settled_node&)> renew = nullptr;
  };
  /// fault: the change is refused.
  using decide = std::function<result<node_change>(const settled_node&)>;
  /// Called once, last of all: with the sequence number under which the change became durable (0: nothing had
  /// to be stored), or with the reason why it did not.
  using told = landed;

  /// What happens to a change if the node's record cannot be read.
  enum class on_damage : std::uint8_t {
    refused, ///< a fault says so, and what to do about it: nothing may be built on the record
    told     ///< it is decided all the same; `settled_node::damage` says what is wrong
  };

  /// `all`: filled from the records; must outlive this object.
  node_runner(ports with, node_register& all) : ports_{std::move(with)}, all_{all} {}

  /// How many changes of one node may wait, so that what a machine sends while the disk hangs is not kept
  /// without bound.
  static constexpr std::size_t most_waiting = 64;
  /// How many of these places the machine itself may take; the others are for what people order.
  static constexpr std::size_t most_of_machine = 48;
  enum class asker : std::uint8_t { people, machine };

  /// Decides a change as soon as no other change of the node is under way: at once, or when its turn comes.
  /// If too many wait already, `then` is called at once, with fault busy.
  void run(const node_id& id, decide how, told then, on_damage damaged = on_damage::refused,
           asker by = asker::people);

  /// The same for a change with an answer, which `then` gets when the change is durable.
  template <class Answer>
  using decide_answer = std::function<result<answered_change<Answer>>(const settled_node&)>;
  template <class Answer>
  using told_answer = std::function<void(const result<sequence>&, const std::optional<Answer>&)>;
  template <class Answer>
  void run_for(const node_id& id, decide_answer<Answer> how, told_answer<Answer> then,
               asker by = asker::people) {
    const auto said = std::make_shared<std::optional<Answer>>();
    run(
        id,
        [how = std::move(how), said](const settled_node& at) -> result<node_change> {
          auto made = how(at);
          if (!made) return made.fault();
          *said = std::move(made->answer);
          return std::move(made->change);
        },
        [then = std::move(then), said](const result<sequence>& stored) {
          then(stored, stored ? *said : std::nullopt);
        },
        on_damage::refused, by);
  }

  bool busy(const node_id& id) const { return busy_.contains(id); }
  bool idle() const noexcept { return busy_.empty(); }

private:
  /// A change that is wanted and not decided yet.
  struct wish {
    decide how;
    told then;
    on_damage damaged = on_damage::refused;
    bool renewed = false; ///< the disk refused the renewal: decide without it
  };
  bool start(const node_id& id, wish one);
  bool renew(const settled_node& at, wish& before);
  bool send(const settled_node& at, node_change made, const told& then);
  void end(const node_id& id, const node_ptr& before, node_change& change, const told& then,
           const result<sequence>& stored);
  void next(const node_id& id);

  ports ports_;
  node_register& all_;
  std::unordered_map<node_id, std::deque<wish>> busy_; ///< by node: wishes that wait for the change under way
};

} // namespace muster::service
