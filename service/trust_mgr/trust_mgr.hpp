// The TrustMgr actor: a shell around admission, decision, commands and leases. Its methods stand in one file
// for each kind of message: changes.cpp (what people do), regroup.cpp, sessions.cpp, decisions.cpp,
// commands.cpp; vouching.cpp has what several of them ask.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/cache.hpp"
#include "actors/service/order.hpp"
#include "actors/service/store.hpp"
#include "records/log_board.hpp"
#include "records/store_port.hpp"
#include "service/trust_mgr/node_book.hpp"
#include "service/trust_mgr/retention.hpp"
#include "standing/admission.hpp"
#include "standing/command_queue.hpp"
#include "standing/decision.hpp"
#include "standing/record_appraiser.hpp"
#include "standing/vouching.hpp"
#include "standing/waiting.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <map>
#include <unordered_map>

namespace muster::service {

/// What SIGHUP may change; read for each decision.
struct trust_rules {
  admission_rules admission;
  decision_rules decision;
  retention_rules retention;
};

/// What was found in the store at the start.
struct trust_inventory {
  std::map<std::string, node_id> names;
  waiting_candidates waiting;
  std::vector<command_record> commands; ///< not settled
  session_epoch newest_epoch;
  command_id newest_command;
};

/// Reads it, page by page. A damaged record is logged and passed over; fault: the store cannot be read.
result<trust_inventory> read_inventory(const store_reader& store, const runtime::log& log);

struct trust_mgr_deps {
  store_actor store;
  std::shared_ptr<const store_reader> reader;
  cache_actor cache;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  std::shared_ptr<const std::atomic<std::shared_ptr<const trust_rules>>> rules;
  std::vector<context_ptr> contexts; ///< the first is that of groups without a set
  trust_inventory inventory;
  log_board_ptr board;        ///< never null
  vendors_in_force vendors{}; ///< null: who vouches stays as it is on record
};

class trust_mgr_state {
public:
  using self_pointer = trust_mgr_actor::stateful_pointer<trust_mgr_state>;
  template <class T> using promise = caf::typed_response_promise<T>;

  void begin(self_pointer self, trust_mgr_deps deps);

  // changes.cpp
  promise<admission_reply> admit(const proven_machine& who);
  promise<change_reply> approve(const approval& wanted);
  promise<change_reply> acknowledge(const node_id& id, const std::string& by);
  promise<change_reply> revoke(const node_id& id, const std::string& reason, const std::string& by);
  promise<change_reply> forget(const node_id& id, const std::string& by);
  promise<change_reply> rename(const node_id& id, const std::string& name, const std::string& by);

  // regroup.cpp
  promise<change_reply> regroup(const node_id& id, const std::string& group, const std::string& by);

  // sessions.cpp
  promise<attach_reply> attach(const node_id& id, const bytes& spki, const boot_id& boot,
                               session_actor session);
  void detach(const node_id& id, session_epoch epoch);
  void twin(const node_id& id, generation of);

  // decisions.cpp
  promise<decision_reply> take(const decision_request& request);
  void change_context(const context_ptr& context);
  void reappraise_some();

  // commands.cpp
  promise<command_reply> command(const command_request& request);
  void report(const node_id& id, const command_result& told);
  void tick();

  promise<bool> stop();

private:
  struct attached {
    session_actor session;
    session_epoch epoch;
    boot_id boot;
    std::string group;
    bool moved = false; ///< to that group, while it was open
  };

  moment now() const;
  context_ptr context_of(const std::string& group) const;
  /// Commits; `then(sequence)` gives the reply when it is durable, else the promise gets the fault.
  template <class Reply, class Then>
  void commit(write_batch batch, const node_id& id, promise<Reply> reply, Then then);
  /// Commits what nobody waits for; a failure is logged.
  void commit(write_batch batch, const node_id& id);
  void landed(const node_id& id);
  /// Runs `change` when nothing about the node is on its way: only then its state says which result is its
  /// newest.
  void when_stored(const node_id& id, std::function<void()> change);
  void admit_now(const proven_machine& who, promise<admission_reply> reply);
  void end_session(const node_id& id, session_end why);
  void put_node(write_batch& batch, const node_record& node);
  void free_name(const node_id& id);
  void move_to(const node_id& id, const std::string& group, const std::string& by,
               promise<change_reply> reply);
  void end_alarm_of(const node_id& id, const std::string& by, promise<change_reply> reply);
  void deliver(const node_id& id);
  void settle(const std::vector<command_record>& settled);
  void store_commands(write_batch& batch, const std::vector<command_record>& commands);
  void take_now(decision_request request, promise<decision_reply> reply);
  result<std::shared_ptr<const node_state>> up_to_date(const decision_request& request,
                                                       const node_entry& known);
  bool reappraise_one(const node_id& id);
  void judge_by_findings(write_batch& batch, const node_id& id, const node_state& before,
                         const node_ptr& node, node_state state, const appraisal_context& context);
  record_appraiser& appraiser_of(const context_ptr& context);
  // vouching.cpp
  vendor_trust_ptr vendors() const;
  /// TPMS_ATTEST of the newest evidence that verified; empty if none is on record, or no denial
  /// asks for it.
  bytes newest_attest(const node_state& state) const;
  /// The record as it must be by who vouches now, and by the firmware that `attest` names; the same pointer
  /// if nothing changed.
  node_ptr vouched_now(const node_ptr& node, byte_view attest);
  void record_vouching(write_batch& batch, const node_record& before, const node_record& now);
  void scan_if_vendors_changed();
  // retention.cpp
  void retain_some(const moment& now);
  void pass_over_results(write_batch& batch, const retention_rules& rules, wall_time now);

  self_pointer self_ = nullptr;
  trust_mgr_deps deps_;
  std::unique_ptr<node_book> book_;
  std::unordered_map<node_id, attached> sessions_;
  std::unordered_map<node_id, boot_time> attached_; // when the newest session did, open or not
  std::unordered_map<node_id, command_queue> queues_;
  std::map<command_id, order_actor> orders_;
  std::map<std::string, context_ptr> contexts_;
  context_ptr base_;
  std::deque<node_id> again_;        // to be appraised again, found by a decision
  std::optional<node_id> scan_from_; // the scan of older records goes on behind this node
  bool scanning_ = false;
  std::map<std::string, std::unique_ptr<record_appraiser>> appraisers_; // by group, while a scan runs
  /// What was computed last of each machine that attested.
  struct remembered_vouching {
    vendor_trust_ptr by;
    std::vector<bytes> chain;
    vouching said;
    wall_time until;
  };
  std::unordered_map<node_id, remembered_vouching> vouched_;
  vendor_trust_ptr scanned_by_; // in force when the newest scan began
  bool stopping_ = false;
  /// A pass over all results, some with each tick.
  struct retention_pass {
    bool passing = false;
    bool storing = false;
    std::optional<sequence> behind; ///< goes on behind this
    std::optional<boot_time> begun; ///< the newest pass; rules may have changed since
    std::uint64_t excess = 0;       ///< bytes over the bound, as far as this pass has not taken them
    result_shares shares;
    bool counted = false; ///< all results, once
  } retention_;
  std::vector<promise<bool>> stop_waits_;
  std::unordered_map<node_id, std::vector<std::function<void()>>> later_; // see when_stored
};

trust_mgr_actor::behavior_type trust_mgr(trust_mgr_state::self_pointer self, trust_mgr_deps deps);

/// Names that people give: 1 to 64 printable ASCII characters without spaces, slashes or quotes. Not what
/// means an id, or a part of one, wherever a node is named: 8 or more digits of hex and nothing else. Not "."
/// and "..", which no path of REST can name. fault malformed says what is wrong.
status check_name(std::string_view name);

} // namespace muster::service
