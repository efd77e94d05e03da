// The References actor: a shell around contexts, campaigns and the guard. Its methods are in one file for
// each kind of message: references.cpp, amendments.cpp, policies.cpp, campaigns.cpp.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/references.hpp"
#include "actors/service/store.hpp"
#include "actors/service/survey.hpp"
#include "actors/service/trust_mgr.hpp"
#include "records/store_port.hpp"
#include "service/references/campaign_book.hpp"
#include "service/references/campaign_steps.hpp"
#include "service/references/contexts.hpp"
#include "service/references/set_sources.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <map>
#include <set>

namespace muster::service {

/// What SIGHUP may change; read for each decision.
struct reference_rules {
  std::uint8_t guard_percent = 10;
  /// How long a lesson must stay the same before the campaign proposes it by itself.
  std::chrono::milliseconds settle{std::chrono::minutes{10}};
  std::chrono::milliseconds check_every{std::chrono::seconds{10}}; ///< for stages that end, and campaigns
};

struct references_deps {
  contexts in_force;
  campaign_book campaigns;
  trust_mgr_actor trust;
  store_actor store;
  survey_actor survey;
  std::shared_ptr<const store_reader> reader;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  std::shared_ptr<const std::atomic<std::shared_ptr<const reference_rules>>> rules;
  /// The policies that the configuration names, while `in_force` has those in force when the service ended.
  /// They come into force as by a reload, if the guard allows it. Null: `in_force` stays.
  policies_ptr configured = nullptr;
};

class references_state {
public:
  static constexpr std::size_t max_difference_lines = 200; ///< shown to people, of what a set changes
  using self_pointer = references_actor::stateful_pointer<references_state>;
  using promise = caf::typed_response_promise<rest_answer>;

  void begin(self_pointer self, references_deps deps);

  // references.cpp
  promise accept(const accept_request& wanted);
  promise import_set(const import_request& wanted);
  rest_answer export_set(const bytes32& digest) const;
  rest_answer list_groups() const;
  promise try_change(const trial_request& wanted);

  // amendments.cpp
  promise amend(const amend_request& wanted);

  // policies.cpp
  void change_policies(const policies_ptr& policies);

  // campaigns.cpp
  promise start_campaign(const campaign_request& wanted);
  promise move_campaign(const campaign_order& order);
  rest_answer show_campaign(const std::string& group) const;
  void tick();

private:
  using answer = std::function<void(const rest_answer&)>;

  /// A change that is not durable yet: what will be in force, what the store must take, how to reply.
  struct change {
    explicit change(contexts after) : next{std::move(after)} {}
    contexts next;
    context_ptr context;          ///< the new one of the group; null: no group changes
    std::optional<campaign> step; ///< of the group's campaign
    write_batch batch;
    std::string event; ///< for the log
    std::function<rest_answer()> reply;
  };
  using change_ptr = std::shared_ptr<change>;

  /// Policies that are not durable yet. Each group whose policy changes is tried and decided by itself.
  struct policy_reload {
    policies_ptr asked; ///< as the configuration says
    policies_in_force wanted;
    std::vector<context_ptr> untried;
    std::map<std::string, std::string> refused; ///< groups that keep their policy, and why
  };
  using policy_reload_ptr = std::shared_ptr<policy_reload>;

  /// Runs `work` when its turn comes: each change begins from the result of the one before. `work` outlives
  /// the message.
  promise begin_change(const std::function<void(answer)>& work);
  /// Begins the next waiting change if none is pending; policies come first.
  void take_next();
  /// Tries the change on its group, then stores it unless the guard refuses.
  void guarded(const change_ptr& planned, unsigned percent, const answer& reply);
  void store(const change_ptr& planned, const answer& reply);
  void end_change(const answer& reply, const rest_answer& what);
  void tell(const context_ptr& context);
  void take_waiting_policies();
  void try_policies(const policy_reload_ptr& reload);
  void take_policies(policy_reload& reload);
  void publish_policies(const std::shared_ptr<contexts>& next,
                        const std::map<std::string, std::string>& refused, const policies_ptr& asked);
  void free_for_others();
  result<named_set> set_wanted(const trial_request& wanted) const;

  /// Who puts a set into force, and as which action of the record.
  struct arrival {
    std::string group;
    std::optional<node_id> from;
    std::string by;
    std::string_view action;
    service::guard guard = guard::holds;
  };
  /// fault conflict: a campaign decides about the group's sets.
  status check_no_campaign(const std::string& group) const;
  /// The set becomes the only one of its group, unless the deny list or the guard refuses. `found.name` goes
  /// into the record.
  void bring_into_force(const arrival& how, const source_of_set& found, const answer& reply);
  /// The answer about a set, with what it changes for the group as it is now.
  std::function<rest_answer()> told_of(const std::string& group, const named_set& set) const;
  void amend_in_force(const amend_request& wanted, source_of_set found, const answer& reply);
  void amend_by_campaign(const amend_request& wanted, const source_of_set& found, const answer& reply);

  void carry_out(const campaign_order& order, const answer& reply);
  result<change_ptr> plan_step(const campaign_order& order, const campaign& in);
  result<change_ptr> plan_proposal(const campaign_order& order, const campaign& in);
  result<change_ptr> plan_of(campaign step, std::string action);
  void put_step(change& planned, std::string action, const std::string& by);
  rest_answer shown(const campaign& one) const;
  bool expire_one();
  bool drop_one_orphan();
  void warn_of_end(const campaign& one);
  void advance(const campaign& one);
  void advance_with(const campaign& one, campaign_verb verb);
  void propose_when_settled(const campaign& one);
  void enforce_when_all_pass(const campaign& one);

  wall_time now() const { return deps_.clock->wall(); }

  self_pointer self_ = nullptr;
  references_deps deps_;
  policies_ptr waiting_;  ///< came while another change was pending; null: none
  policies_ptr unstored_; ///< could not be stored; null if newer ones wait
  /// The groups whose configured policy the guard refused, and why; of the newest reload in force.
  std::map<std::string, std::string> refused_;
  static constexpr std::size_t most_waiting = 16;
  bool storing_ = false; ///< one change at a time: the next begins from its result
  std::deque<std::function<void()>> waiting_changes_;
  struct settling {
    std::optional<bytes32> mark; ///< of the lesson that `set` comes from
    std::optional<bytes32> set;  ///< none: the canaries teach nothing yet
    boot_time since;
  };
  std::map<std::string, settling> settling_;      // by group: what its canaries teach, and since when
  std::set<campaign_number> last_chance_;         // their stage ended, and they tried to enforce
  std::map<std::string, sequence> tried_at_;      // by group: the newest record when its stage was last tried
  std::map<campaign_number, std::string> ending_; // what the end of a stage will do, once it is near
  std::string last_advanced_;                     // the next tick begins after this group
};

references_actor::behavior_type references(references_state::self_pointer self, references_deps deps);

} // namespace muster::service
