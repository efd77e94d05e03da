// Who lets one change of a node after the other happen.
#pragma once

#include "records/store_port.hpp"
#include "standing/node_change.hpp"
#include "standing/node_register.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

namespace muster::service {

/// For people: that the record of a node, or its state, cannot be read, and what to do about it.
std::string damage_of_record(const node_id& id, const fault& why);

/// Runs the changes of each node one by one: a change is decided on what is on record, sent to the store,
/// published when it is durable, and answered; only then is the next one of that node decided, on what became
/// durable. Changes of different nodes do not wait for each other. A value with ports, not for threads.
/// No deadline: whoever says "failed" of what may still land lies. The store answers, or it is gone.
/// Invariant: of no node are two changes on their way, and what the register says of a node is what is on
/// record, with what the change on its way would add.
class node_runner {
public:
  using landed = std::function<void(const result<sequence>&)>;
  struct ports {
    std::shared_ptr<const store_reader> store;
    /// Sends a batch to the store; `landed` is called once with what became of it, never from inside this
    /// call.
    std::function<void(shared_batch, landed)> commit;
    /// A change is decided, and goes to the store now.
    std::function<void(const node_id&, const settled_node&, const node_change&)> decided;
    /// What follows from a change that is durable, but for the answer. The batch is not in it any more.
    std::function<void(const node_id&, node_change&)> publish;
    /// A change could not be stored. `told` hears it, too.
    std::function<void(const node_id&, const fault&)> not_stored;
    /// What must be on record before anything else is decided on it: a record that was judged by what is not
    /// in force any more is judged first, whoever asks for what. None, or a fault: nothing must be. Null:
    /// nothing ever.
    std::function<result<std::optional<node_change>>(const settled_node&)> renew = nullptr;
  };
  /// fault: the change is refused.
  using decide = std::function<result<node_change>(const settled_node&)>;
  /// Hears once, last of all: the sequence as which the change became durable (0: nothing was to be stored),
  /// or why it did not.
  using told = landed;

  /// What a change of a node whose record cannot be read comes to.
  enum class on_damage : std::uint8_t {
    refused, ///< a fault that says so, and what to do: nothing may be built on it
    told     ///< decided all the same; `settled_node::damage` says why
  };

  /// `all` as it is on record; must live longer.
  node_runner(ports with, node_register& all) : ports_{std::move(with)}, all_{all} {}

  /// So many wait for their turn; whatever a machine sends while the disk hangs, it is not kept without
  /// bound.
  static constexpr std::size_t most_waiting = 64;
  /// Of these what a machine itself sends; the other places are for what people order of it.
  static constexpr std::size_t most_of_machine = 48;
  enum class asker : std::uint8_t { people, machine };

  /// Decides when nothing of the node is on its way: at once, or in its turn. `then` hears fault busy at once
  /// if too many wait already.
  void run(const node_id& id, decide how, told then, on_damage damaged = on_damage::refused,
           asker by = asker::people);

  /// The same, of a change with an answer, which `then` hears when the change is durable.
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
  struct wish {
    decide how;
    told then;
    on_damage damaged = on_damage::refused;
    bool renewed = false; ///< as far as the disk lets it
  };
  bool start(const node_id& id, wish one);
  bool renew(const settled_node& at, wish& before);
  bool send(const settled_node& at, node_change made, const told& then);
  void end(const node_id& id, const node_ptr& before, node_change& change, const told& then,
           const result<sequence>& stored);
  void next(const node_id& id);

  ports ports_;
  node_register& all_;
  std::unordered_map<node_id, std::deque<wish>> busy_; ///< by node: those that wait behind the one on its way
};

} // namespace muster::service
