// The RecordLog actor.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/runtime/threading.hpp"
#include "actors/service/record_log.hpp"
#include "records/log_board.hpp"
#include "records/store_port.hpp"
#include "service/record_log/head_file.hpp"
#include "service/record_log/head_keeper.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>

namespace muster::service {

struct record_log_deps {
  crypto::private_key key;               ///< for log heads, and for nothing else
  crypto::log_incarnations incarnations; ///< the newest one signs
  store_actor store;
  std::shared_ptr<const store_reader> reader;
  std::shared_ptr<log_board> board; ///< written by this actor alone
  head_file sink;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
};

/// What was found in the store at the start.
struct record_log_inventory {
  std::map<log_loss, log_alarm> alarms;          ///< open ones, and acknowledged ones
  std::vector<log_alarm> reopened;               ///< of those: acknowledged on record, but open again
  std::optional<crypto::signed_log_head> newest; ///< the newest head that agrees with the log
  std::vector<std::pair<crypto::signed_log_head, std::string>> contradicted; ///< and where they were kept
};

/// Reads the alarms, judges the newest head of the store and the last head of the sink, and updates the board
/// before any other actor can read it. fault: the store or the sink cannot be read, or a record is damaged.
result<record_log_inventory> read_record_log(const record_log_deps& deps);

class record_log_state {
public:
  using self_pointer = record_log_actor::stateful_pointer<record_log_state>;
  template <class T> using promise = caf::typed_response_promise<T>;

  record_log_state() = default; // not an aggregate: CAF would pass `self` to the first member

  void begin(self_pointer self, record_log_deps deps, record_log_inventory found, runtime::threading where);
  bool witness(const node_id& from, const bytes& heads);
  promise<commit_outcome> acknowledge(const head_name& name, const std::string& by);
  void tick();
  promise<bool> stop();

private:
  void judge(const crypto::signed_log_head& head, const std::string& from);
  void raise(const crypto::signed_log_head& head, const std::string& from);
  void enter(const log_alarm& alarm, write_batch batch, const std::string& from);
  void store_alarms();
  /// The loss that the head proves. Begins an incarnation above the head's if there is none yet.
  log_loss loss_of(const crypto::signed_log_head& head, write_batch& batch);
  /// Signs a head if one is due, and publishes it once it is durable.
  void sign();
  void judge_newest();
  void signing_ended();
  std::optional<crypto::signed_log_head> due_head() const;
  void publish(const crypto::signed_log_head& head);
  /// Sends the head to the file. One head is on its way at a time; of those that come meanwhile, the newest
  /// follows it.
  void ship(const crypto::signed_log_head& head);
  void look_at_shipping();
  void tell();

  self_pointer self_ = nullptr;
  std::optional<record_log_deps> deps_;
  std::map<log_loss, log_alarm> alarms_;
  struct unstored_alarm {
    shared_batch batch;
    bool on_its_way = false; ///< for the first time, or again
  };
  std::map<log_loss, unstored_alarm> unstored_; ///< alarms that are not on record yet
  std::optional<crypto::signed_log_head> newest_;
  boot_time signed_at_;
  std::uint64_t refused_ = 0;
  std::uint64_t lost_ = 0; ///< heads whose loss was acknowledged
  bool storing_ = false;
  head_keeper_actor keeper_; ///< null: heads are not written to a file
  std::optional<boot_time> shipping_since_;
  bool shipping_told_ = false;
  std::optional<crypto::signed_log_head> unshipped_;
  std::vector<promise<bool>> stop_waits_;
};

record_log_actor::behavior_type record_log(record_log_state::self_pointer self, record_log_deps deps,
                                           record_log_inventory found, runtime::threading where);

/// Spawns it and the actor that writes the sink, each on a thread of its own unless a test's scheduler is to
/// run them.
record_log_actor spawn_record_log(caf::actor_system& system, record_log_deps deps, record_log_inventory found,
                                  runtime::threading where = runtime::threading::own);

} // namespace muster::service
