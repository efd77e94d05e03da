// STORE, the shell: gathers batches, commits them in groups, and replies once they are on disk.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/runtime/threading.hpp"
#include "actors/service/store.hpp"
#include "service/store/database_writer.hpp"

#include <caf/actor_clock.hpp>
#include <caf/fwd.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <deque>

namespace muster::service {

struct store_dependencies {
  std::shared_ptr<store_writer> writer; ///< used by this actor alone
  runtime::log log;
  /// Shortest time between two commits. A lone batch after a pause is committed at once. Under load each
  /// commit takes all batches that came meanwhile, because most of a commit's cost is the same for one batch
  /// and for thirty.
  std::chrono::microseconds pace{0};
  /// Time between two passes that erase files that no machine has any more, and between two steps of a pass.
  std::chrono::milliseconds pass_pause{std::chrono::hours{12}};
  std::chrono::milliseconds step_pause{std::chrono::seconds{1}};
};

using gathered_atom = caf::atom_constant<caf::atom("gathered")>;

using sweep_atom = caf::atom_constant<caf::atom("sweep")>;
using number_atom = caf::atom_constant<caf::atom("number")>;

/// Messages that the Store sends itself, to run after everything that waits in its mailbox.
using grouping_store = store_actor::extend<caf::reacts_to<gathered_atom>, caf::reacts_to<sweep_atom>,
                                           caf::reacts_to<number_atom>>;

class store_state {
public:
  static constexpr const char* name = "ras.store";
  static constexpr std::size_t largest_group = 512; ///< batches in one transaction
  static constexpr std::size_t records_a_step = 256;
  /// Files that get numbers in one transaction. A batch with more files gets their numbers ahead of its
  /// commit, one step after each message. One machine's list may have a million files, and the records of all
  /// others wait for the same thread.
  static constexpr std::size_t files_a_step = 8192;
  /// Bytes of raw logs: the pages that a transaction changed stay in memory until it is committed.
  static constexpr std::size_t largest_group_bytes = std::size_t{64} << 20U;

  void begin(grouping_store::pointer self, store_dependencies deps);

  using promise = caf::typed_response_promise<commit_outcome>;
  promise add(grouping_store::pointer self, shared_batch batch);
  /// Commits the gathered batches. If the pace does not allow it yet, asks again once it does; batches that
  /// come meanwhile join.
  void gathered(grouping_store::pointer self);
  void sweep(grouping_store::pointer self);
  /// Does a step for the first batch whose files have no numbers yet. Once all have one, the batch joins the
  /// group.
  void number_some(grouping_store::pointer self);
  commit_outcome stop(grouping_store::pointer self);

private:
  /// A batch whose files get numbers ahead of its commit.
  struct large_batch {
    shared_batch batch;
    promise answer;
    std::size_t done = 0;
  };
  void gather(grouping_store::pointer self, shared_batch batch, promise answer);
  void commit(grouping_store::pointer self);
  void give_up(grouping_store::pointer self, const fault& why);

  std::optional<store_dependencies> deps_;
  std::vector<shared_batch> gathered_;
  std::vector<promise> waiting_;
  std::deque<large_batch> large_;
  std::size_t gathered_bytes_ = 0;
  caf::actor_clock::time_point last_commit_{}; ///< by the clock that delays messages
  bool stopped_ = false;
};

/// The behaviour. Both the program and the tests spawn it detached.
grouping_store::behavior_type store(grouping_store::stateful_pointer<store_state> self,
                                    store_dependencies deps);

/// Spawns it, on a thread of its own unless a test's scheduler is to run it.
store_actor spawn_store(caf::actor_system& system, store_dependencies deps,
                        runtime::threading where = runtime::threading::own);

} // namespace muster::service
