// The TrustMgr actor: the shell around the changes of nodes (standing/). Its methods are in one file for each
// kind of message: changes.cpp (what people do), joins.cpp, sessions.cpp, decisions.cpp, commands.cpp. vouching.cpp has
// what several of them use. Methods decide only on the node record that the runner hands out. The scan and
// the pass over results also read pages, but only to find the nodes to ask the runner about.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/cache.hpp"
#include "actors/service/session.hpp"
#include "actors/service/store.hpp"
#include "actors/service/store_watch.hpp"
#include "messages/vocabulary/incarnation.hpp"
#include "records/log_board.hpp"
#include "records/store_port.hpp"
#include "service/trust_mgr/retention.hpp"
#include "standing/admission.hpp"
#include "standing/attestation_change.hpp"
#include "standing/command_change.hpp"
#include "standing/decision.hpp"
#include "standing/join_register.hpp"
#include "standing/node_allowance.hpp"
#include "standing/node_change.hpp"
#include "standing/node_register.hpp"
#include "standing/node_runner.hpp"
#include "standing/record_appraiser.hpp"
#include "standing/vouching.hpp"
#include "standing/wrong_tokens.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace muster::service {

/// What SIGHUP may change; read for each decision.
struct trust_rules {
  admission_rules admission;
  decision_rules decision;
  retention_rules retention;
};

/// What the whole fleet shares: read from the store at the start, and kept up to date. `commands` is only
/// what was open at the start.
struct trust_inventory {
  node_register nodes;
  join_register joins;
  std::vector<command_record> commands; ///< the open ones
  session_epoch newest_epoch;
  command_id newest_command;

  /// New numbers are above all earlier ones, including those that are no longer in the store: agents ignore a
  /// command id that is not higher than the last one they ran (docs/protocol.md 3).
  void begin(incarnation now) noexcept {
    newest_epoch = std::max(newest_epoch, session_epoch{numbers_above(now)});
    newest_command = std::max(newest_command, command_id{numbers_above(now)});
  }
};

/// Reads it page by page. A damaged record is logged and skipped. fault: the store cannot be read.
result<trust_inventory> read_inventory(const store_reader& store, const runtime::log& log);

struct trust_mgr_deps {
  store_actor store;
  std::shared_ptr<const store_reader> reader;
  cache_actor cache;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  std::shared_ptr<const std::atomic<std::shared_ptr<const trust_rules>>> rules;
  std::vector<context_ptr> contexts; ///< the first is for groups without a set
  trust_inventory inventory;
  log_board_ptr board;        ///< never null
  store_watch_ptr watch;      ///< never null
  vendors_in_force vendors{}; ///< null: vouching stays as it is on record
};

class trust_mgr_state {
public:
  using self_pointer = trust_mgr_actor::stateful_pointer<trust_mgr_state>;
  template <class T> using promise = caf::typed_response_promise<T>;

  void begin(self_pointer self, trust_mgr_deps deps);

  // changes.cpp
  promise<admission_reply> admit(const proven_machine& who);
  void forget_expired();
  promise<change_reply> approve(const approval& wanted);
  promise<change_reply> acknowledge(const alarm_acknowledgement& in);
  promise<change_reply> revoke(const revocation& in);
  promise<change_reply> forget(const removal& in);
  promise<change_reply> rename(const naming& in);
  promise<change_reply> regroup(const group_move& in);

  // joins.cpp
  promise<made_join_reply> make_join_token(const join_token_order& in);
  promise<change_reply> end_join_token(const join_token_end& in);
  join_tokens_shown join_tokens() const;

  // sessions.cpp
  promise<attach_reply> attach(const node_id& id, const shown_certificate& shown, const boot_id& boot,
                               session_actor session);
  void detach(const node_id& id, session_epoch epoch);
  void twin(const node_id& id, generation of);
  /// Only shown to people: silence and excuses improve nothing.
  void unable(const node_id& id, session_epoch epoch, const std::string& why);
  /// An attached session's actor has ended, for whatever reason.
  void down(caf::actor_id session);

  // decisions.cpp
  promise<decision_reply> take(const decision_request& request);
  void change_context(const context_ptr& context);
  void reappraise_some();

  // commands.cpp
  promise<command_reply> command(const command_request& request);
  /// A report from any session but the newest is dropped: it may be out of date, since the command was handed
  /// out again. The machine repeats it in the newest session.
  void report(const command_report& in);
  void tick();

  promise<bool> stop();

private:
  struct attached {
    session_actor session;
    session_epoch epoch;
    boot_id boot;
    std::string group;
  };

  moment now() const;
  context_ptr context_of(const std::string& group) const;
  void commit(shared_batch batch, node_runner::landed landed);
  promise<change_reply> change_for_people(const node_id& id, node_runner::decide decide,
                                          node_runner::on_damage damaged = node_runner::on_damage::refused);
  status no_other_id(const proven_machine& who) const;
  result<join_offer> offer_of(const proven_machine& who) const;
  result<bool> was_here(const node_id& id) const;
  status count_wrong_token(const settled_node& at, const proven_machine& who, const join_offer& offer);
  void clean_joins();
  void publish(const node_id& id, node_change& change);
  void stop_if_idle();
  session_epoch epoch_of(const node_id& id) const;

  std::optional<unstored_news::ticket>
  tell_boot_before_its_turn(const node_id& id, const shown_certificate& shown, const boot_id& boot);
  void open_session(const node_id& id, const boot_id& boot, const session_actor& session,
                    const std::string& group);
  void end_session(const node_id& id, session_end why);
  void session_gone(const node_id& id);
  void show_unable(const node_id& id, const std::string& why);
  void able_again(const node_id& id);
  void came_complete(const decision_request& request, bool on_record);

  command_setting commands_of(const node_id& id) const;
  void deliver(const node_id& id);
  void settle(const std::vector<command_record>& settled);
  void forget_ended(const moment& now, write_batch& batch) const;

  decision_ports ports();
  std::optional<unstored_news::ticket> tell_before_its_turn(const decision_request& request);
  void note_disk();
  void note_refusal(const proven_machine& who, const fault& why) const;
  void end_news(const node_id& id, unstored_news::ticket which, const result<sequence>& stored);
  result<std::optional<node_change>> renew(const settled_node& at);
  void reappraise_one(const node_id& id);
  void try_again(const node_id& id);
  void retry_some();
  record_appraiser& appraiser_of(const context_ptr& context);
  // vouching.cpp
  vendor_trust_ptr vendors() const;
  /// The TPMS_ATTEST of the newest evidence that verified. Empty if none is on record, or if no denial
  /// depends on it.
  bytes newest_attest(const node_state& state) const;
  /// The record with the vouching that is in force now and covers the firmware that `attest` names. The same
  /// pointer if nothing changed.
  node_ptr vouched_now(const node_ptr& node, byte_view attest);
  void scan_if_vendors_changed();
  // retention.cpp
  void retain_some(const moment& now);
  void pass_over_results(write_batch& batch, const retention_rules& rules, wall_time now);

  self_pointer self_ = nullptr;
  trust_mgr_deps deps_;
  std::unique_ptr<node_runner> runner_;
  std::unordered_map<node_id, attached> sessions_;
  std::unordered_map<caf::actor_id, node_id> watched_; ///< attached sessions, until they end
  std::unordered_map<node_id, boot_time> attached_;    // when the newest session attached, open or not
  std::unordered_set<node_id> unable_;                 // those reported to the Cache
  std::unordered_map<node_id, command_queue> queues_;
  std::map<command_id, std::vector<promise<command_reply>>> waiting_; ///< callers that wait for an outcome
  std::map<std::string, context_ptr> contexts_;
  context_ptr base_;
  std::deque<node_id> again_; // nodes that a decision found to need another appraisal
  struct retry {
    boot_time due; ///< 0: it is under way
    unsigned tries = 0;
  };
  std::unordered_map<node_id, retry> retries_; // records that could not be read, or not be stored
  std::optional<node_id> scan_from_;           // the scan of older records continues after this node
  bool scanning_ = false;
  std::map<std::string, std::unique_ptr<record_appraiser>> appraisers_; // by group, while a scan runs
  /// The latest vouching computed for each machine that attested.
  struct remembered_vouching {
    vendor_trust_ptr by;
    bytes32 chain{}; ///< digest of the certificates on record, of which there may be many
    vouching said;
    wall_time until;
  };
  std::unordered_map<node_id, remembered_vouching> vouched_;
  vendor_trust_ptr scanned_by_;                             // in force when the newest scan began
  node_allowance admissions_{16, std::chrono::minutes{10}}; ///< certificates and candidates for one machine
  wrong_tokens wrong_tokens_;
  bool cleaning_joins_ = false; ///< an erasure is on its way to the store
  bool stopping_ = false;
  bool disk_hangs_ = false; ///< as the log last said
  /// A pass over all results, a part of it in each tick.
  struct retention_pass {
    bool passing = false;
    bool storing = false;
    std::optional<sequence> behind; ///< continues after this one
    std::optional<boot_time> begun; ///< when the newest pass began; rules may change meanwhile
    std::uint64_t excess = 0;       ///< bytes over the bound that this pass has not freed yet
    result_shares shares;
    bool counted = false; ///< a first pass has counted all results
  } retention_;
  std::vector<promise<bool>> stop_waits_;
};

trust_mgr_actor::behavior_type trust_mgr(trust_mgr_state::self_pointer self, trust_mgr_deps deps);

} // namespace muster::service
